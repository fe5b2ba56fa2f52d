import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import type { Browser, Page } from '../support/browser.ts';

/** The pages of two sites. A browser takes them and Daypass for one site if all are on one registrable domain: it sends cookies. */
const shopPage = 'https://shop.daypass.example';
const otherPage = 'https://other.daypass.example';
const foreignPage = 'https://evil.example';
const redirectUri = `${shopPage}/callback`;
let access: AccessSystem;

beforeAll(async () => {
  access = await startAccessSystem([
    { id: 'shop', name: 'The Shop', origins: [shopPage], redirectUris: [redirectUri], idTokenAlgorithm: 'EdDSA' },
    { id: 'other', name: 'The Other', origins: [otherPage] },
  ]);
});
afterAll(() => access?.stop());

const grants = ({ headers }: Page) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));
const readableBy = ({ headers }: Page) => headers.get('access-control-allow-origin');

/** What a page of this origin gets from a path. */
const from = (origin: string, path: string, { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
  access.browser().fetch(`${access.publicUrl}${path}`, {
    method,
    headers: { origin, 'sec-fetch-site': 'same-site', ...headers },
    ...(body !== undefined && { body }),
  });
const preflight = (origin: string, path: string, method: string, headers = 'content-type') =>
  from(origin, path, { method: 'OPTIONS', headers: { 'access-control-request-method': method, 'access-control-request-headers': headers } });

async function loginAddress(verifier = openid.randomPKCECodeVerifier()): Promise<string> {
  const parameters = {
    client_id: 'shop',
    redirect_uri: redirectUri,
    response_type: 'code',
    response_mode: 'form_post',
    scope: 'openid',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  return `${access.publicUrl}/oauth2/authorize?${new URLSearchParams(parameters).toString()}`;
}

/** What a page gets that follows every redirect with the cookies of its visitor, answer by answer. */
async function chain(browser: Browser, origin: string, address: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next: string | null = address; next !== null && pages.length < 10; ) {
    const page: Page = await browser.fetch(next, { headers: { origin, 'sec-fetch-site': 'same-site' } });
    pages.push(page);
    next = page.headers.has('location') ? new URL(page.headers.get('location') ?? '', next).href : null;
  }
  return pages;
}

const codeIn = ({ text }: Page) => /name="code" value="([^"]+)"/.exec(text)?.[1];

describe('a page on the same domain as Daypass', () => {
  test.each([['one of the site itself', shopPage], ['one of another site', otherPage]])(
    'reads the code of no login, and no answer on the way to it: %s',
    async (_which, page) => {
      const visitor = access.browser();
      const strangers = await chain(visitor, page, await loginAddress());
      expect(strangers.at(-1)?.text).toContain('action="/login/address"');
      expect(strangers.flatMap(grants)).toEqual([]);

      const back = await access.logIn(visitor, await visitor.open(await loginAddress()));
      expect(codeIn(back)).toMatch(/.{20}/);
      const known = await chain(visitor, page, await loginAddress());
      // There is something to read, and nobody may.
      expect(codeIn(known.at(-1) as Page)).toMatch(/.{20}/);
      expect(known.flatMap(grants)).toEqual([]);
    },
  );

  test.each([
    '/', '/login', '/login?site=shop', '/login/done', '/login/ended', '/.daypass/login', '/.daypass/callback', '/.daypass/leave', '/oauth2/authorize',
    '/oauth2/authorize/x', '/oauth2/logout', '/oauth2/logout/success', '/docs/', '/problems/not_found', '/v1/forward-auth?site=shop', '/v1/nothing', '/nothing',
  ])('reads no page, and is granted no request to it: %s', async (path) => {
    expect(grants(await from(otherPage, path))).toEqual([]);
    for (const method of ['GET', 'POST']) {
      const asked = await preflight(otherPage, path, method);
      expect(asked.status).toBeGreaterThanOrEqual(400);
      expect(grants(asked)).toEqual([]);
    }
  });

  test.each(['/login/address', '/login/code', '/login/granted', '/login/enrol', '/login/enrolled', '/login/end', '/.daypass/leave', '/oauth2/logout/confirm'])(
    'reads nothing that a form of ours is answered: %s',
    async (path) => {
      const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'state=x' };
      expect(grants(await from(otherPage, path, form))).toEqual([]);
      expect(grants(await preflight(otherPage, path, 'POST'))).toEqual([]);
    },
  );
});

describe('a page of a site', () => {
  test('may call every operation of the interface that is not for servers, and read what it answers', async () => {
    const { paths } = JSON.parse((await from(shopPage, '/openapi.json')).text) as { paths: Record<string, Record<string, unknown>> };
    const forServers = ['/v1/forward-auth', '/v1/mail-reports'];
    const operations = Object.entries(paths).filter(([path]) => !forServers.includes(path));
    expect(operations.length).toBeGreaterThan(10);
    for (const [path, methods] of operations) {
      const url = path.replace('{id}', 'x'.repeat(52));
      for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
        const asked = await preflight(shopPage, url, method, 'authorization,content-type,idempotency-key');
        expect({ url, status: asked.status, readableBy: readableBy(asked) }).toEqual({ url, status: 204, readableBy: shopPage });
        expect(asked.headers.get('access-control-allow-methods')).toContain(method);
        expect(asked.headers.get('access-control-allow-headers')).toBe('authorization, content-type, idempotency-key');
        const answered = await from(shopPage, url, { method });
        expect({ url, readableBy: readableBy(answered) }).toEqual({ url, readableBy: shopPage });
        expect(answered.headers.get('access-control-allow-credentials')).toBe('true');
      }
    }
  });

  test('that is nobody’s is granted nothing of it', async () => {
    expect(grants(await preflight(foreignPage, '/v1/codes', 'POST'))).toEqual([]);
    expect(grants(await from(foreignPage, '/v1/pass'))).toEqual([]);
  });

  test('may load the element and its texts as any page may: a script with crossorigin sends no cookies', async () => {
    for (const path of ['/day-pass.js', '/day-pass/de.json']) {
      const file = await from(foreignPage, path);
      expect(file.status).toBe(200);
      expect(grants(file)).toEqual(['access-control-allow-origin']);
      expect(readableBy(file)).toBe('*');
    }
  });

  test('that is a client of OpenID Connect gets its tokens, and a page of another site gets none for that client', async () => {
    const post = (page: string, verifier: string, code: string) =>
      from(page, '/oauth2/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'shop', redirect_uri: redirectUri, code_verifier: verifier, code }).toString(),
      });
    const [visitor, verifier] = [access.browser(), openid.randomPKCECodeVerifier()];
    const code = codeIn(await access.logIn(visitor, await visitor.open(await loginAddress(verifier)))) ?? '';

    const refused = await post(otherPage, verifier, code);
    expect(refused.status).toBe(400);
    expect(grants(refused)).not.toContain('access-control-allow-origin');

    const tokens = await post(shopPage, verifier, code);
    expect(tokens.status).toBe(200);
    expect(readableBy(tokens)).toBe(shopPage);
    const { access_token: token } = JSON.parse(tokens.text) as { access_token: string };

    expect(readableBy(await preflight(shopPage, '/oauth2/userinfo', 'GET', 'authorization'))).toBe(shopPage);
    const user = await from(shopPage, '/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } });
    expect({ status: user.status, readableBy: readableBy(user) }).toEqual({ status: 200, readableBy: shopPage });
    const elsewhere = await from(otherPage, '/oauth2/userinfo', { headers: { authorization: `Bearer ${token}` } });
    expect({ status: elsewhere.status, readableBy: readableBy(elsewhere) }).toEqual({ status: 400, readableBy: null });
  });

  test.each(['/.well-known/openid-configuration', '/oauth2/token', '/oauth2/userinfo', '/oauth2/introspect', '/oauth2/revoke'])(
    'reads what an endpoint of the provider says, and is there without its visitor’s cookies: %s',
    async (path) => {
      const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'client_id=shop&token=x' };
      const said = await from(shopPage, path, path.startsWith('/oauth2/') ? form : {});
      expect(said.status).not.toBe(404);
      expect(readableBy(said)).toBe(shopPage);
      expect(grants(said)).not.toContain('access-control-allow-credentials');
      if (!path.startsWith('/oauth2/')) return;
      const asked = await preflight(shopPage, path, 'POST', 'authorization');
      expect({ status: asked.status, readableBy: readableBy(asked) }).toEqual({ status: 204, readableBy: shopPage });
      expect(grants(asked)).not.toContain('access-control-allow-credentials');
    },
  );
});
