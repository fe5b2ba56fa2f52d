import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBarriers, picture } from '../support/chromium.ts';
import { elementOn, expectStep } from '../support/element.ts';
import { someone, startElementSystem, type ElementSystem } from '../support/element-system.ts';
import type { PageOptions } from '../support/site-page.ts';

let at: ElementSystem;
beforeAll(async () => {
  at = await startElementSystem();
});
afterAll(() => at?.stop());

describe('the element', () => {
  test('keeps its look and works in a page with a hostile style sheet and a strict policy', async () => {
    const page = await at.open({ hostile: true, strict: true, attributes: { site: 'proven' } });
    const element = elementOn(page);
    await picture(page, 'element-hostile', { except: /<h1>The Shop/ }); // Green on white is the page's own idea.
    const look = await page.evaluate(`(() => {
      const root = document.querySelector('day-pass').shadowRoot;
      const style = (selector) => getComputedStyle(root.querySelector(selector));
      return { text: style('.text').color, spacing: style('.text').letterSpacing, size: style('.text').fontSize, input: style('input').display, title: style('h2').fontSize, frame: style('.frame').direction };
    })()`);
    expect(look).toEqual({ text: 'rgb(90, 96, 107)', spacing: 'normal', size: '16px', input: 'block', title: '20px', frame: 'ltr' });
    const email = someone();
    await element.askFor(email);
    await element.type(await at.codeFor(email));
    await expectStep(page, 'done');
    expect(await element.granted()).toMatchObject({ site: 'proven' });
    const violations = await page.evaluate<string[]>('window.violations ?? []');
    // The one thing that it tries and does without: a thread for the puzzle.
    expect(violations.filter((violation) => !/^(worker-src|require-trusted-types-for)/.test(violation))).toEqual([]);
  });

  test('solves a puzzle where one is asked for, in a thread of its own', async () => {
    const page = await at.open({ attributes: { site: 'proven' } });
    const threads: string[] = [];
    page.on('worker', (worker) => threads.push(worker.url()));
    const email = someone();
    await elementOn(page).askFor(email);
    await elementOn(page).type(await at.codeFor(email));
    await expectStep(page, 'done');
    expect(threads).toEqual([expect.stringMatching(/^blob:/)]);
  });

  test('offers the authenticator app first where this browser has one, and a recovery code in its place', async () => {
    const visitor = at.system.visitor();
    const grant = await visitor.verify(await visitor.ask(), await visitor.code());
    const bearer = { authorization: `Bearer ${String(grant.body['accessToken'])}` };
    const { body: enrolment } = await visitor.post('/v1/totp', {}, bearer);
    const spent = await generate({ secret: String(enrolment['secret']).replaceAll(' ', '') });
    const confirmed = await visitor.post(`/v1/totp/${String(enrolment['id'])}/confirm`, { code: spent });
    const [recoveryCode] = confirmed.body['recoveryCodes'] as string[];

    const page = await at.load({ attributes: { enrolment: String(enrolment['id']) } });
    await expectStep(page, 'totp');
    const element = elementOn(page);
    await picture(page, 'element-app');
    await element.type(spent);
    await expect.poll(() => element.error.textContent()).toBe('That is not the code.');
    await element.action('Use a recovery code').click();
    await expectStep(page, 'recovery');
    expect(await findBarriers(page)).toEqual([]);
    await element.type(recoveryCode ?? '');
    await expectStep(page, 'done');
    const granted = await element.granted();
    expect(await at.holderOf(granted?.accessToken)).toMatchObject({ methods: ['otp'], subject: grant.body['subject'] });
  });

  test('asks for digits where codes are digits', async () => {
    const page = await at.open({ attributes: { site: 'digits' } });
    const element = elementOn(page);
    const email = someone();
    await element.askFor(email);
    expect(await element.input.getAttribute('inputmode')).toBe('numeric');
    expect(await element.input.getAttribute('autocomplete')).toBe('one-time-code');
    await element.type(/^\d{3} \d{3}$/m.exec((await at.mailTo(email)).text)?.[0] ?? '');
    await expectStep(page, 'done');
    expect(await element.granted()).toMatchObject({ site: 'digits' });
  });

  test('is dark in a dark page, and light where it is told so', async () => {
    const page = await at.open({}, { colorScheme: 'dark' });
    const surface = `getComputedStyle(document.querySelector('day-pass').shadowRoot.querySelector('.body')).backgroundColor`;
    expect(await page.evaluate(surface)).toBe('rgb(27, 29, 34)');
    await elementOn(page).askFor(someone());
    await picture(page, 'element-dark');
    await page.evaluate(`document.querySelector('day-pass').setAttribute('theme', 'light')`);
    expect(await page.evaluate(surface)).toBe('rgb(255, 255, 255)');
  });

  test.each(['light', 'dark'] as const)('takes the colours of a site, and stays readable in a %s page', async (colorScheme) => {
    const page = await at.open({}, { colorScheme });
    const [accent, surface, text] = colorScheme === 'light' ? ['#0a6b4b', '#fffdf6', '#222'] : ['#5fd3a8', '#10211b', '#eee'];
    await page.evaluate(`(() => {
      const { style } = document.querySelector('day-pass');
      style.setProperty('--day-pass-accent', '${accent}');
      style.setProperty('--day-pass-surface', '${surface}');
      style.setProperty('--day-pass-text', '${text}');
      style.setProperty('--day-pass-radius', '4px');
    })()`);
    await elementOn(page).askFor(someone());
    await picture(page, `element-colours-${colorScheme}`);
  });

  test('speaks Arabic from right to left, with the address and the code from left to right', async () => {
    const page = await at.open({ lang: 'ar' });
    const element = elementOn(page);
    const email = someone();
    await element.input.fill(email);
    await picture(page, 'element-arabic-address');
    await element.askFor(email);
    expect(await element.title.textContent()).toBe('تحقق من بريدك');
    expect(await page.evaluate(`getComputedStyle(document.querySelector('day-pass').shadowRoot.querySelector('.frame')).direction`)).toBe('rtl');
    expect(await element.input.getAttribute('dir')).toBe('ltr');
    await picture(page, 'element-arabic-code');
    await element.type(await at.codeFor(email));
    await expectStep(page, 'done');
    expect(await element.granted()).toBeDefined();
  });

  test('takes the language it is told, else that of the page, else that of the visitor', async () => {
    const title = async (options: PageOptions, locale: string) => elementOn(await at.open(options, { locale })).title.textContent();
    expect(await title({ lang: 'fr', attributes: { locale: 'ja' } }, 'de-DE')).toBe('コードで入る');
    expect(await title({ lang: 'fr' }, 'de-DE')).toBe('Entrer avec un code');
    expect(await title({ lang: '' }, 'de-DE')).toBe('Mit einem Code hinein');
  });

  test.each([
    ['a phone', { width: 375, height: 667 }],
    ['the narrowest screen there is, or a page at four times its size', { width: 320, height: 568 }],
  ])('fits %s', async (_name, viewport) => {
    const page = await at.open({}, { viewport, hasTouch: true, isMobile: true });
    await elementOn(page).askFor(someone());
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const small = await page.evaluate(`[...document.querySelector('day-pass').shadowRoot.querySelectorAll('button,input')]
      .filter((each) => each.checkVisibility()).map((each) => each.getBoundingClientRect().height).filter((height) => height < 24)`);
    expect(small).toEqual([]);
    await picture(page, `element-phone-${viewport.width}`);
  });

  test('does not move where that is not wanted', async () => {
    const page = await at.open({}, { reducedMotion: 'reduce' });
    const moves = `[...document.querySelector('day-pass').shadowRoot.querySelectorAll('*')]
      .map((each) => getComputedStyle(each)).filter((style) => style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0).length`;
    expect(await page.evaluate(moves)).toBe(0);
  });
});
