import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import type { Page } from '../support/browser.ts';
import { cookiesOf } from '../support/get-in.ts';

let access: AccessSystem;
beforeAll(async () => {
  access = await startAccessSystem([
    { id: 'default', name: 'Other' },
    { id: 'intranet', name: 'The Intranet', returnOrigins: ['https://intranet.example', 'https://wiki.example:8443'] },
  ]);
});
afterAll(() => access?.stop());

/** Asks the API as a proxy does: a plain request from loopback. */
async function ask(path: string, headers: Record<string, string>, method = 'GET', body?: string): Promise<Page> {
  return access.browser().fetch(`${access.publicUrl}${path}`, { method, headers, ...(body !== undefined && { body }) });
}
const forwardAuth = (headers: Record<string, string>, site = 'intranet') => ask(`/v1/forward-auth?site=${site}`, headers);

/** What the documentation of each proxy says it sends; Caddy's own reverse_proxy headers are in it. */
const traefik = (uri: string, method = 'GET') => ({
  'x-forwarded-method': method,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'intranet.example',
  'x-forwarded-uri': uri,
  'x-forwarded-for': '203.0.113.9',
});
const caddy = (uri: string, method = 'GET') => ({ ...traefik(uri, method), via: '1.1 Caddy' });
const nginx = (uri: string) => ({ 'x-original-url': `https://intranet.example${uri}`, 'x-forwarded-for': '203.0.113.9' });
const page = { accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate' };

async function passOf(site: string): Promise<string> {
  const visitor = access.system.visitor();
  const asked = await visitor.post('/v1/codes', { email: visitor.email, site });
  const granted = await visitor.verify(String(asked.body['id']), await visitor.code());
  return String(granted.body['accessToken']);
}

describe('without a pass', () => {
  test.each([
    ['Traefik', traefik],
    ['Caddy', caddy],
  ])('%s is told to send a page to the login, and to answer anything else with a 401 problem', async (_name, proxy) => {
    const sent = await forwardAuth({ ...proxy('/a?b=c&d=%2F'), ...page });
    expect(sent.status).toBe(302);
    expect(sent.headers.get('location')).toBe(
      'https://intranet.example/.daypass/login?site=intranet&to=https%3A%2F%2Fintranet.example%2Fa%3Fb%3Dc%26d%3D%252F',
    );
    for (const headers of [proxy('/a'), { ...proxy('/a', 'POST'), ...page }, { ...proxy('/a'), ...page, 'sec-fetch-mode': 'no-cors' }]) {
      const refused = await forwardAuth(headers);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(refused.headers.has('location')).toBe(false);
    }
  });

  test('nginx is told 401 with the way to the login, whatever is asked for', async () => {
    for (const kind of [page, {}]) {
      const refused = await forwardAuth({ ...nginx('/a'), ...kind });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('location')).toBe('https://intranet.example/.daypass/login?site=intranet&to=https%3A%2F%2Fintranet.example%2Fa');
    }
  });
});

describe('with a pass', () => {
  test('of the site: 200, who it is, and the other cookies, by every proxy, for a page of whatever origin', async () => {
    const token = await passOf('intranet');
    for (const proxy of [traefik('/'), caddy('/', 'POST'), nginx('/')]) {
      const cookie = `a=1; __Host-daypass=${token}; __Host-daypass-way=${'x'.repeat(43)}; daypass=old; daypass-login=old; __Host-daypass-device=old; b="2"`;
      const through = await forwardAuth({ ...proxy, cookie, origin: 'https://wiki.example' });
      expect(through.status).toBe(200);
      expect(through.headers.get('remote-user')).toMatch(/^[\w-]{43}$/);
      expect(through.headers.has('remote-email')).toBe(false);
      expect(through.headers.get('cookie')).toBe('a=1; b="2"');
    }
    const bearer = await forwardAuth({ ...traefik('/'), authorization: `Bearer ${token}` });
    expect(bearer.status).toBe(200);
    expect(bearer.headers.has('cookie')).toBe(false);
  });

  test('of another site, or in the cookie that plain http has: 401', async () => {
    const other = await passOf('default');
    expect((await forwardAuth({ ...traefik('/'), cookie: `__Host-daypass=${other}` })).status).toBe(401);
    const own = await passOf('intranet');
    expect((await forwardAuth({ ...traefik('/'), cookie: `daypass=${own}` })).status).toBe(401);
  });
});

describe('a question that is not one of ours', () => {
  test.each([
    ['another host', { ...traefik('/'), 'x-forwarded-host': 'evil.example' }],
    ['another scheme', { ...traefik('/'), 'x-forwarded-proto': 'http' }],
    ['another port', { ...traefik('/'), 'x-forwarded-host': 'intranet.example:444' }],
    ['two hosts', { ...traefik('/'), 'x-forwarded-host': 'intranet.example, evil.example' }],
    ['a host with a user', { ...traefik('/'), 'x-forwarded-host': 'intranet.example@evil.example' }],
    ['a path that makes another host', { ...traefik('@evil.example/') }],
    ['a path that is none', { ...traefik('.evil.example/') }],
    ['nothing', {}],
    ['another address, by nginx', { 'x-original-url': 'https://evil.example/' }],
    ['a backslash, by nginx', { 'x-original-url': 'https://intranet.example\\@evil.example/' }],
  ])('about %s is refused, with a pass as well', async (_what, headers) => {
    const token = await passOf('intranet');
    for (const shown of [{}, { cookie: `__Host-daypass=${token}` }]) {
      const answer = await forwardAuth({ ...headers, ...page, ...shown });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'return_refused' });
      expect(answer.headers.has('location')).toBe(false);
    }
  });

  test('about a site that is not there is 404, and from somebody who is no proxy of ours 403', async () => {
    expect((await forwardAuth(traefik('/'), 'nobody')).status).toBe(404);
    // Another loopback address is another machine.
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const options = { headers: traefik('/'), localAddress: '127.0.0.2' };
      request(`http://127.0.0.1:${new URL(access.publicUrl).port}/v1/forward-auth?site=intranet`, options, (response) => resolve(response.statusCode)).on('error', reject).end();
    });
    expect(answer).toBe(403);
  });
});

describe('the way to the login and back', () => {
  /** Goes from the protected origin to a code for its callback. */
  async function setOut(to = 'https://intranet.example/page') {
    const start = await ask(`/.daypass/login?site=intranet&to=${encodeURIComponent(to)}`, traefik('/.daypass/login'));
    const nonce = /(__Host-daypass-way=[\w-]{43}); Max-Age=1800; Path=\/; HttpOnly; Secure; SameSite=Lax/.exec(start.headers.get('set-cookie') ?? '')?.[1] ?? '';
    return { start, nonce };
  }

  test('sets the nonce for this host alone, and seals where it leads', async () => {
    const { start, nonce } = await setOut();
    expect(start.status).toBe(303);
    expect(nonce).not.toBe('');
    expect(start.headers.get('location')).toContain(`${access.publicUrl}/login?way=`);
    expect(Buffer.from(start.headers.get('location') ?? '', 'base64url').toString('latin1')).not.toContain('intranet.example');
  });

  test('leads nowhere else: an address of another origin, or another origin than the proxy’s, is refused', async () => {
    for (const to of ['https://evil.example/', '//evil.example/', '/page', 'https://intranet.example@evil.example/', 'https://wiki.example:8443/', 'javascript:alert(1)']) {
      const { start } = await setOut(to);
      expect(start.status).toBe(404);
      expect(start.headers.has('location')).toBe(false);
    }
  });

  test('hands the pass over once, to the browser that set out, at the origin it set out from', async () => {
    const { start, nonce } = await setOut('https://intranet.example/page?a=b');
    const visitor = access.system.visitor();
    const granted = await visitorCookie(visitor);
    // Who has a pass of the site goes straight on: the code comes with the redirect.
    const codeOf = async () => {
      const url = new URL(start.headers.get('location') ?? '');
      const sent = await ask(`${url.pathname}${url.search}`, { cookie: granted });
      const location = new URL(sent.headers.get('location') ?? '');
      expect(location.origin + location.pathname).toBe('https://intranet.example/.daypass/callback');
      return location.searchParams.get('code') ?? '';
    };
    const redeem = (code: string, cookie: string, host = 'intranet.example') =>
      ask(`/.daypass/callback?code=${code}`, { ...traefik('/.daypass/callback'), 'x-forwarded-host': host, ...(cookie && { cookie }) });

    for (const other of ['', `__Host-daypass-way=${'A'.repeat(43)}`, nonce.replace('__Host-', '')]) {
      expect((await redeem(await codeOf(), other)).status).toBe(400);
    }
    expect((await redeem(await codeOf(), nonce, 'wiki.example:8443')).status).toBe(400);

    const code = await codeOf();
    const back = await redeem(code, nonce);
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe('https://intranet.example/page?a=b');
    expect(back.headers.get('set-cookie')).toMatch(/^__Host-daypass=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect((await redeem(code, nonce)).status).toBe(400);
    expect((await redeem('x'.repeat(43), nonce)).status).toBe(400);
  });

  test('keeps code and pass in Redis unreadable, for 30 seconds', async () => {
    const { start } = await setOut();
    const granted = await visitorCookie(access.system.visitor());
    const url = new URL(start.headers.get('location') ?? '');
    const sent = await ask(`${url.pathname}${url.search}`, { cookie: granted });
    const code = new URL(sent.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const keys = await access.system.redis.keys('{daypass}:handover:*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(await access.system.redis.pttl(key)).toBeLessThanOrEqual(30_000);
      const kept = `${key}${await access.system.redis.get(key)}`;
      expect(kept).not.toContain(code);
      expect(kept).not.toContain(granted.split('=')[1]);
    }
  });

  test('cannot be walked from elsewhere than a proxy: its pages are not there', async () => {
    expect((await ask('/.daypass/login?site=intranet&to=https://intranet.example/', {})).status).toBe(404);
    expect((await ask('/.daypass/callback?code=x', {})).status).toBe(404);
    expect((await ask('/.daypass/leave', {}, 'POST', '')).status).toBeGreaterThanOrEqual(400);
  });

  /** A visitor with a pass of the site in the cookie of our own origin. */
  async function visitorCookie(visitor: ReturnType<AccessSystem['system']['visitor']>): Promise<string> {
    const asked = await visitor.post('/v1/codes', { email: visitor.email, site: 'intranet' });
    const headers = { origin: access.publicUrl };
    return cookiesOf(await visitor.post(`/v1/codes/${String(asked.body['id'])}/verify`, { code: await visitor.code(), session: 'cookie' }, headers));
  }
});

test('what a browser that does not say Sec-Fetch-Mode opens is known by what it accepts', async () => {
  const answer = await new Promise<number | undefined>((resolve, reject) => {
    request(`${access.publicUrl}/v1/forward-auth?site=intranet`, { headers: { ...traefik('/'), accept: 'text/html' } }, (response) => resolve(response.statusCode)).on('error', reject).end();
  });
  expect(answer).toBe(302);
});
