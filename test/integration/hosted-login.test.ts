import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress, startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import { codeIn } from '../support/visitor.ts';

let access: AccessSystem;
beforeAll(async () => {
  access = await startAccessSystem([
    { id: 'default', name: 'The <Reading> Room' },
    { id: 'strict', name: 'Strict', methods: 'both' },
  ]);
});
afterAll(() => access?.stop());

const mailed = async (email: string) =>
  codeIn(await access.system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000));
const passStatus = async (token: string | undefined) =>
  (await fetch(`${access.publicUrl}/v1/pass`, { headers: { cookie: `daypass=${token}` } })).status;

describe('the hosted login, without JavaScript', () => {
  test('takes an address, then a code, then shows that the visitor is in; and out again', async () => {
    const browser = access.browser();
    const page = await browser.open(`${access.publicUrl}/login`);
    expect(page.text).toContain('Enter The &lt;Reading&gt; Room');
    expect(page.text).not.toMatch(/<script|https?:\/\//);
    const done = await access.logIn(browser, page);
    expect(done.url).toBe(`${access.publicUrl}/login/done`);
    const token = browser.cookies(access.publicUrl).get('daypass');
    expect(await passStatus(token)).toBe(200);
    expect((await browser.open(`${access.publicUrl}/login`)).url).toContain('/login/done');

    const ended = await browser.submit(done, '/login/end', { which: 'all' });
    expect(ended.text).toContain('You have left');
    expect(browser.cookies(access.publicUrl).has('daypass')).toBe(false);
    expect(await passStatus(token)).toBe(401);
  });

  test('says what is wrong: with the address, with the code and how many tries are left, and takes another address', async () => {
    const browser = access.browser();
    const first = await browser.open(`${access.publicUrl}/login?site=default`);
    const wrong = await browser.submit(first, '/address', { email: 'nobody at example' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('not an email address');
    expect(wrong.text).toContain('value="nobody at example"');

    const email = newAddress();
    const asked = await browser.submit(wrong, '/address', { email });
    expect(asked.text).toContain(email);
    expect(asked.text).toMatch(/In \d+ seconds you can have it sent again/);
    const code = await mailed(email);
    const rejected = await browser.submit(asked, '/code', { code: 'AAAA-AAAA' });
    expect(rejected.text).toContain('not the code. 4 more tries.');
    expect((await browser.submit(rejected, '/other')).text).toContain('Send me a code');
    expect((await browser.submit(rejected, '/code', { code: code.toLowerCase() })).url).toContain('/login/done');
  });

  test('after five wrong codes begins again, and says why', async () => {
    const browser = access.browser();
    const email = newAddress();
    let page = await browser.submit(await browser.open(`${access.publicUrl}/login`), '/address', { email });
    const code = await mailed(email);
    for (let tries = 0; tries < 5; tries += 1) page = await browser.submit(page, '/code', { code: 'AAAA-AAAA' });
    page = await browser.submit(page, '/code', { code });
    expect(page.text).toContain('Too many wrong codes');
    expect(page.text).toContain('Send me a code');
  });

  test('mails no second code before its time, and says when', async () => {
    const browser = access.browser();
    const first = await browser.open(`${access.publicUrl}/login`);
    const email = newAddress();
    await browser.submit(first, '/address', { email });
    const again = await browser.submit(first, '/address', { email });
    expect(again.status).toBe(422);
    expect(again.text).toMatch(/too often. Try again in \d+ seconds/);
  });

  test('keeps nothing readable in the address of a page, which may be logged on the way', async () => {
    const browser = access.browser();
    const email = newAddress();
    const asked = await browser.submit(await browser.open(`${access.publicUrl}/login`), '/address', { email });
    const plain = Buffer.from(new URL(asked.url).searchParams.get('state') ?? '', 'base64url').toString('latin1');
    expect(asked.url + plain).not.toContain(email.split('@')[0]);
  });

  test('belongs to the browser that began it: another one with its address is told so', async () => {
    const browser = access.browser();
    const email = newAddress();
    const asked = await browser.submit(await browser.open(`${access.publicUrl}/login`), '/address', { email });
    const other = access.browser();
    expect((await other.open(asked.url)).status).toBe(400);
    const code = await mailed(email);
    const stolen = await other.submit(asked, '/code', { code });
    expect(stolen.status).toBe(400);
    expect(other.cookies(access.publicUrl).has('daypass')).toBe(false);
  });

  test('takes no form of another page', async () => {
    const browser = access.browser();
    const page = await browser.open(`${access.publicUrl}/login`);
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of foreign) {
      expect((await browser.submit(page, '/address', { email: newAddress() }, headers)).status).toBe(403);
    }
  });

  test('is told not to run, load, frame or send anything elsewhere', async () => {
    const { headers } = await access.browser().open(`${access.publicUrl}/login`);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('has a page for what is not there: a site, a state, a second method', async () => {
    const browser = access.browser();
    expect((await browser.open(`${access.publicUrl}/login?site=nobody`)).status).toBe(404);
    for (const query of ['state=x', 'way=x', 'state=&way=', 'state=1.AAAA', 'site[]=a']) {
      expect((await browser.open(`${access.publicUrl}/login?${query}`)).status).toBeLessThan(500);
    }
    const half = await access.logIn(browser, await browser.open(`${access.publicUrl}/login?site=strict`));
    expect(half.text).toContain('One more proof is needed');
    expect(browser.cookies(access.publicUrl).has('daypass')).toBe(false);
  });
});

test('what was done here is no error to us: the log has none', () => {
  const said = access.system.apis.flatMap(({ output }) => output.filter((line) => /"level":"(error|fatal)"/.test(line)));
  expect(said).toEqual([]);
});
