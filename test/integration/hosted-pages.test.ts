import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress, startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import type { Browser, Page } from '../support/browser.ts';
import { untilStepHasRoom } from '../support/totp.ts';

const logo = `data:image/svg+xml;base64,${Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>').toString('base64')}`;
let access: AccessSystem;
beforeAll(async () => {
  access = await startAccessSystem([
    { id: 'default', name: 'The Reading Room' },
    { id: 'shop', name: 'The Shop', colour: '#ffd000', logo, locale: 'fr' },
    { id: 'strict', name: 'Strict', methods: 'both' },
    { id: 'proven', name: 'Proven', proofOfWork: 'always' },
  ]);
});
afterAll(() => access?.stop());

const open = (browser: Browser, query = '', headers: Record<string, string> = {}) => browser.open(`${access.publicUrl}/login${query}`, headers);
const passOf = async (browser: Browser) =>
  (await (await fetch(`${access.publicUrl}/v1/pass`, { headers: { cookie: `daypass=${browser.cookies(access.publicUrl).get('daypass')}` } })).json()) as Record<string, unknown>;
const secretOn = ({ text }: Page) => (/<code id="secret"[^>]*>([A-Z2-7 ]+)</.exec(text)?.[1] ?? '').replaceAll(' ', '');
const recoveryCodesOn = ({ text }: Page) => [...text.matchAll(/<li><code[^>]*>([^<]+)</g)].map(([, code = '']) => code);

/** What the app shows, now or some seconds later. */
const appCode = (secret: string, laterSeconds = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + laterSeconds });

/** Sets up an app from a page that offers it, and goes on. */
async function enrol(browser: Browser, page: Page): Promise<{ secret: string; codes: string[]; page: Page }> {
  const offered = await browser.submit(page, '/enrol');
  const secret = secretOn(offered);
  const kept = await browser.submit(offered, '/enrolled', { code: await appCode(secret) });
  return { secret, codes: recoveryCodesOn(kept), page: await browser.submit(kept, '/granted') };
}

describe('the hosted pages', () => {
  test.each([
    ['de-CH, en;q=0.5', 'de', 'ltr', 'Zugang zu The Reading Room'],
    ['ar-EG', 'ar', 'rtl', 'الدخول إلى The Reading Room'],
    ['zh-TW;q=0.4, pt;q=0.9', 'pt-BR', 'ltr', 'Entrar em The Reading Room'],
    ['xx', 'en', 'ltr', 'Get into The Reading Room'],
  ])('speak the language of the visitor: %s', async (header, locale, direction, title) => {
    const page = await open(access.browser(), '', { 'accept-language': header });
    expect(page.text).toContain(`<html lang="${locale}" dir="${direction}">`);
    expect(page.text).toContain(title);
  });

  test('speak the language of the site to who asks for none, and the one in the address to who asks for that', async () => {
    expect((await open(access.browser(), '?site=shop')).text).toContain('<html lang="fr"');
    const browser = access.browser();
    const page = await open(browser, '?site=shop&locale=ja', { 'accept-language': 'de' });
    expect(page.text).toContain('<html lang="ja"');
    const email = newAddress();
    expect((await browser.submit(page, '/address', { email })).text).toContain('<html lang="ja"');
    const mail = await access.system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000);
    expect(mail.text).toContain('コード');
  });

  test.each(['/login', '/login/ended', '/.daypass/leave', '/oauth2/authorize', '/oauth2/logout', '/oauth2/logout/success'])(
    'are framed by nobody, and nobody who opened one may look into it: %s',
    async (path) => {
      const { headers } = await access.browser().open(`${access.publicUrl}${path}`);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    },
  );

  test('have the colour of the site, as it can be read, and its logo from us', async () => {
    const page = await open(access.browser(), '?site=shop');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy.match(/'sha256-/g)).toHaveLength(2);
    expect(page.text).toContain('<img src="/login/logo/shop" alt="">');
    expect(page.text).not.toContain('--day-pass-accent:#ffd000');
    const picture = await access.browser().open(`${access.publicUrl}/login/logo/shop`);
    expect(picture.text).toBe('<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect(picture.headers.get('content-type')).toBe('image/svg+xml');
    expect(picture.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('say to who has no JavaScript why a puzzle cannot be done, and that it may be tried later', async () => {
    const browser = access.browser();
    const page = await browser.submit(await open(browser, '?site=proven'), '/address', { email: newAddress() });
    expect(page.status).toBe(422);
    expect(page.text).toContain('JavaScript');
    expect(page.text).toContain('href="/login?site=proven"');
  });

  test('say how the mail is doing', async () => {
    const browser = access.browser();
    const email = newAddress();
    const asked = await browser.submit(await open(browser), '/address', { email });
    await access.system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000);
    await expect.poll(async () => (await browser.open(asked.url)).text).toContain('Delivered to your mail server');
  });
});

describe('an authenticator app, without JavaScript', () => {
  test('is set up after a login, then asked for first, and a recovery code stands for it', async () => {
    const browser = access.browser();
    const done = await access.logIn(browser, await open(browser));
    const { subject } = await passOf(browser);
    const offered = await browser.submit(done, '/enrol', {});
    expect(offered.url).not.toContain('state='); // The secret is in no address.
    expect(offered.text).toMatch(/class="qr" role="img" aria-label="[^"]+"><svg/);
    const wrong = await browser.submit(offered, '/enrolled', { code: '000000' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('That is not the code.');
    const secret = secretOn(wrong);
    await untilStepHasRoom();
    expect(secret).toBe(secretOn(offered));
    const kept = await browser.submit(wrong, '/enrolled', { code: await appCode(secret) });
    const codes = recoveryCodesOn(kept);
    expect(codes).toHaveLength(10);
    expect(kept.text).toContain(encodeURIComponent(codes[9] ?? ''));
    const back = await browser.submit(kept, '/granted');
    expect(back.url).toContain('/login/done');
    expect(back.text).not.toContain('/login/enrol');
    expect(await passOf(browser)).toMatchObject({ subject, methods: ['otp', 'email'] });

    await browser.submit(back, '/end', { which: 'one' });
    const again = await open(browser);
    expect(again.text).toContain('Open your authenticator app');
    const rejected = await browser.submit(again, '/app-code', { code: await appCode(secret) }); // Used already.
    expect(rejected.text).toContain('That is not the code.');
    const next = await browser.submit(rejected, '/app-code', { code: await appCode(secret, 30) });
    expect(next.url).toContain('/login/done');
    expect(await passOf(browser)).toMatchObject({ subject, methods: ['otp'] });

    await browser.submit(next, '/end', { which: 'one' });
    let page = await open(browser);
    const hidden = { to: 'recovery' };
    page = await browser.submit(page, '/turn', hidden);
    expect(page.text).toContain('Use a recovery code');
    expect((await browser.submit(page, '/recovery-code', { code: codes[0] ?? '' })).url).toContain('/login/done');
    expect(await passOf(browser)).toMatchObject({ subject });
  });

  test('is set up on the way where a site asks for both proofs, and both are asked for the next time', async () => {
    const browser = access.browser();
    const email = newAddress();
    const half = await access.logIn(browser, await open(browser, '?site=strict'), email);
    expect(half.text).toContain('One more step');
    expect(browser.cookies(access.publicUrl).has('daypass')).toBe(false);
    const { secret, page } = await enrol(browser, half);
    expect(page.url).toContain('/login/done');
    expect(await passOf(browser)).toMatchObject({ site: 'strict', methods: ['otp', 'email'] });

    await browser.submit(page, '/end', { which: 'one' });
    const first = await browser.submit(await open(browser, '?site=strict'), '/app-code', { code: await appCode(secret, 30) });
    expect(first.text).toContain('This site asks for two proofs');
    expect(browser.cookies(access.publicUrl).has('daypass')).toBe(false);
  });

  test('is set up for nobody who is not in, and by no form of another page', async () => {
    const browser = access.browser();
    const done = await access.logIn(browser, await open(browser));
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await browser.submit(done, '/enrol', {}, foreign)).status).toBe(403);
    const stranger = access.browser();
    expect((await stranger.submit(done, '/enrol')).status).toBe(400);
    const offered = await browser.submit(done, '/enrol');
    expect((await stranger.submit(offered, '/enrolled', { code: await appCode(secretOn(offered)) })).status).toBe(400);
  });

  test('that is over leads back to the address', async () => {
    const browser = access.browser();
    const done = await access.logIn(browser, await open(browser));
    const { page } = await enrol(browser, done);
    const [, id = ''] = decodeURIComponent(browser.cookies(access.publicUrl).get('daypass-app') ?? '').split(':');
    const authorization = `Bearer ${browser.cookies(access.publicUrl).get('daypass')}`;
    expect((await fetch(`${access.publicUrl}/v1/totp/${id}`, { method: 'DELETE', headers: { authorization } })).status).toBe(204);
    await browser.submit(page, '/end', { which: 'one' });
    const over = await browser.submit(await open(browser), '/app-code', { code: '123456' });
    expect(over.text).toContain('no longer set up here');
    expect(over.text).toContain('Email me a code');
    expect(browser.cookies(access.publicUrl).has('daypass-app')).toBe(false);
  });
});
