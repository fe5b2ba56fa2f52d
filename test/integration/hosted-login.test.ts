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
    expect(page.text).toContain('Get into The &lt;Reading&gt; Room');
    // It runs and loads what is ours, and has no script in it.
    expect(page.text.match(/<script.*?>.*?<\/script>/gs)).toEqual(['<script type="module" src="/login.js"></script>']);
    expect(page.text).not.toMatch(/https?:\/\/|\son\w+=/);
    const done = await access.logIn(browser, page);
    expect(done.url).toBe(`${access.publicUrl}/login/done`);
    const token = browser.cookies(access.publicUrl).get('daypass');
    expect(await passStatus(token)).toBe(200);
    expect((await browser.open(`${access.publicUrl}/login`)).url).toContain('/login/done');

    const ended = await browser.submit(done, '/login/end', { which: 'all' });
    expect(ended.text).toContain('Your pass has ended.');
    expect(browser.cookies(access.publicUrl).has('daypass')).toBe(false);
    expect(await passStatus(token)).toBe(401);
  });

  test('says what is wrong: with the address, with the code and how many tries are left, and takes another address', async () => {
    const browser = access.browser();
    const first = await browser.open(`${access.publicUrl}/login?site=default`);
    const wrong = await browser.submit(first, '/address', { email: 'nobody at example' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('not look like an email address');
    expect(wrong.text).toContain('value="nobody at example"');

    const email = newAddress();
    const asked = await browser.submit(wrong, '/address', { email });
    expect(asked.text).toContain(email);
    expect(asked.text).toMatch(/Send it again in \d+ seconds/);
    const code = await mailed(email);
    const rejected = await browser.submit(asked, '/code', { code: 'AAAA-AAAA' });
    expect(rejected.text).toContain('not the code. 4 attempts left.');
    expect((await browser.submit(rejected, '/other')).text).toContain('Email me a code');
    expect((await browser.submit(rejected, '/code', { code: code.toLowerCase() })).url).toContain('/login/done');
  });

  test('after five wrong codes begins again, and says why', async () => {
    const browser = access.browser();
    const email = newAddress();
    let page = await browser.submit(await browser.open(`${access.publicUrl}/login`), '/address', { email });
    const code = await mailed(email);
    const asked = page;
    for (let tries = 0; tries < 5; tries += 1) page = await browser.submit(page, '/code', { code: 'AAAA-AAAA' });
    expect(page.text).toContain('Too many wrong codes');
    expect(page.text).toContain('Email me a code');
    // Nor by the page from before.
    page = await browser.submit(asked, '/code', { code });
    expect(page.text).toContain('Too many wrong codes');
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

  test('may run, load and send what is ours, and nothing else, and be framed nowhere', async () => {
    const { headers } = await access.browser().open(`${access.publicUrl}/login`);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'self'; connect-src 'self'; worker-src blob:; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('has a page for what is not there: a site, a state, a picture', async () => {
    const browser = access.browser();
    expect((await browser.open(`${access.publicUrl}/login?site=nobody`)).status).toBe(404);
    for (const query of ['state=x', 'way=x', 'state=&way=', 'state=1.AAAA', 'site[]=a']) {
      expect((await browser.open(`${access.publicUrl}/login?${query}`)).status).toBeLessThan(500);
    }
    for (const site of ['default', 'nobody', '__proto__']) expect((await browser.open(`${access.publicUrl}/login/logo/${site}`)).status).toBe(404);
  });
});

test('what was done here is no error to us: the log has none', () => {
  const said = access.system.apis.flatMap(({ output }) => output.filter((line) => /"level":"(error|fatal)"/.test(line)));
  expect(said).toEqual([]);
});
