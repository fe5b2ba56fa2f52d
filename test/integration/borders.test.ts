import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problems } from '../../services/api/src/problems.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Answer } from '../support/visitor.ts';

interface Operation {
  requestBody?: { content: Record<string, { example?: unknown }> };
}

let system: System;
beforeAll(async () => {
  system = await startSystem({ workers: 0 });
});
afterAll(() => system?.stop());

describe('a request that is not what the interface takes', () => {
  test.each([
    { what: 'no body', body: undefined, says: 400 },
    { what: 'no JSON', body: '{"email":', says: 400 },
    { what: 'a list', body: '[]', says: 400 },
    { what: 'a number for an address', body: { email: 5 }, says: 400 },
    { what: 'an unknown member', body: { email: 'a@example.com', admin: true }, says: 400 },
    { what: 'a prototype', body: '{"email":"a@example.com","__proto__":{"x":1}}', says: 400 },
    { what: 'a site that is no name', body: { email: 'a@example.com', site: '../x' }, says: 400 },
    { what: 'a locale that is none', body: { email: 'a@example.com', locale: 'en\r\nX: y' }, says: 400 },
    { what: 'too much', body: { email: 'a@example.com', proof: 'x'.repeat(9_000) }, says: 413 },
    { what: 'a site that is not there', body: { email: 'a@example.com', site: 'other' }, says: 404 },
    { what: 'no address', body: { email: 'not an address' }, says: 422 },
    { what: 'somebody to vouch for', body: { email: 'a@example.com', client: { address: '1.2.3.4' } }, says: 401 },
  ])('with $what is refused with $says and a problem', async ({ body, says }) => {
    const answer = await system.visitor().post('/v1/codes', body);
    expect(answer.status).toBe(says);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({ status: says, title: expect.any(String) });
    expect(answer.body['type']).toBe(`http://localhost:3000/problems/${String(answer.body['code'])}`);
    const page = await system.visitor().get(new URL(String(answer.body['type'])).pathname);
    expect(page.status).toBe(200);
    expect(page.text).toContain(String(answer.body['title']));
  });

  test('is explained by a page that shows what is code as code', async () => {
    for (const code of Object.keys(problems)) expect((await system.visitor().get(`/problems/${code}`)).text).not.toContain('`');
    const { text: page } = await system.visitor().get('/problems/code_rejected');
    expect(page).toContain('<code>attemptsLeft</code>, where it is given');
  });

  test('names the place and what is wanted, and does not say what was there', async () => {
    const { body } = await system.visitor().post('/v1/codes', { email: 'a@example.com', locale: 'secret value' });
    expect(body['detail']).toMatch(/^body\.locale must match pattern/);
    expect(JSON.stringify(body)).not.toContain('secret value');
  });

  test('in another media type is refused with 415', async () => {
    const answer = await system.visitor().post('/v1/codes', 'email=a@example.com', { 'content-type': 'text/plain' });
    expect(answer.body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  test('for a path that is not there is a problem too', async () => {
    expect((await system.visitor().get('/nothing')).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await system.visitor().get('/problems/nothing')).status).toBe(404);
    expect((await system.visitor().get('/v1/codes/%')).status).toBeLessThan(500);
  });

  test('that is not HTTP gets an answer and no more', async () => {
    const { hostname, port } = new URL(system.apis[0]?.url ?? '');
    const socket = connect(Number(port), hostname);
    socket.end('nonsense\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400/);
  });

  test('however it is malformed, never makes a 500', async () => {
    const odd = ['', ' ', 0, -1, 1e308, null, true, [], '\u0000', '\uD800', 'x'.repeat(5_000), ['a@example.com'], { x: 1 }, '💌@💌', `a@${'b.'.repeat(200)}c`];
    const members = ['email', 'site', 'locale', 'device', 'proof', 'client', 'code', 'session'];
    const paths = ['/v1/codes', '/v1/codes/verify', '/v1/codes/x/verify', '/v1/codes/x/resend', '/v1/pass'];
    const cases = paths.flatMap((path) => members.flatMap((member) => odd.map((value) => ({ path, member, value }))));
    const answers: Answer[] = [];
    for (let asked = 0; asked < cases.length; asked += 50) {
      const some = cases.slice(asked, asked + 50);
      answers.push(...(await Promise.all(some.map(({ path, member, value }) => system.visitor().post(path, { email: 'a@example.com', code: 'x', [member]: value })))));
    }
    // 503 is an answer of a busy machine.
    expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  });
});

describe('browsers', () => {
  test('of another origin are refused, ours may read the answer', async () => {
    const visitor = system.visitor();
    const foreign = await visitor.post('/v1/codes', { email: visitor.email }, { origin: 'https://evil.example' });
    expect(foreign.body).toMatchObject({ status: 403, code: 'origin_refused' });
    expect(foreign.headers.has('access-control-allow-origin')).toBe(false);

    const own = await visitor.post('/v1/codes', { email: visitor.email }, { origin: 'http://localhost:3000' });
    expect(own.status).toBe(202);
    expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
    expect((await visitor.post('/v1/codes', {}, { origin: 'null' })).status).toBe(403);
  });

  test.each(['/v1/pass', '/%761/pass', '/v%31/pass', '/v1/%70ass', '/%76%31/%70%61%73%73'])('of another origin are refused, however they spell the path: %s', async (path) => {
    const visitor = system.visitor();
    expect((await visitor.get(path)).status).toBe(401);
    expect((await visitor.get(path, { origin: 'https://evil.example' })).body).toMatchObject({ status: 403, code: 'origin_refused' });
  });

  test('are told not to sniff, frame, cache or send on anything', async () => {
    const { headers } = await system.visitor().get('/v1/pass');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('the reference', () => {
  test('is OpenAPI 3.1 and has every route of the interface', async () => {
    const { body } = await system.visitor().get('/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    expect(Object.keys(body['paths'] as object).toSorted()).toEqual([
      '/.well-known/jwks.json',
      '/v1/codes',
      '/v1/codes/verify',
      '/v1/codes/{id}',
      '/v1/codes/{id}/events',
      '/v1/codes/{id}/resend',
      '/v1/codes/{id}/verify',
      '/v1/forward-auth',
      '/v1/pass',
      '/v1/passes',
      '/v1/totp',
      '/v1/totp/{id}',
      '/v1/totp/{id}/confirm',
      '/v1/totp/{id}/recover',
      '/v1/totp/{id}/recovery-codes',
      '/v1/totp/{id}/verify',
    ]);
  });

  test('has an example of each body, and the route takes it as it is', async () => {
    const { body } = await system.visitor().get('/openapi.json');
    const operations = Object.entries(body['paths'] as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.values(methods).flatMap(({ requestBody }) => (requestBody ? [{ path, examples: Object.values(requestBody.content).map(({ example }) => example) }] : [])),
    );
    expect(operations).toHaveLength(7);
    const said = await Promise.all(
      operations.flatMap(({ path, examples }) => examples.map(async (example) => ({ path, status: (await system.visitor().post(path.replace('{id}', 'of-nobody'), example)).status }))),
    );
    expect(Object.fromEntries(said.map(({ path, status }) => [path, status]))).toEqual({
      '/v1/codes': 202,
      '/v1/codes/verify': 422,
      '/v1/codes/{id}/verify': 404,
      '/v1/totp': 201,
      '/v1/totp/{id}/confirm': 404,
      '/v1/totp/{id}/recover': 404,
      '/v1/totp/{id}/verify': 404,
    });
  });

  test('has a page, and that page may load its own script', async () => {
    const page = await system.visitor().get('/docs/');
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger-ui');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});

test('a network needs proofs past its first limit and is refused past its second, and an address that a proxy of ours did not send is not believed', async () => {
  const visitor = system.visitor();
  const ask = (index: number) => visitor.post('/v1/codes', { email: `network${index}@example.com` });
  const answers: Answer[] = [];
  // Not all at once: a busy machine would answer 503 for that.
  for (let asked = 0; asked < 310; asked += 31) answers.push(...(await Promise.all(Array.from({ length: 31 }, (_, index) => ask(asked + index)))));
  const answered = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect([202, 428, 429].map(answered)).toEqual([30, 270, 10]);

  // The trusted proxy is the last hop; what the client put before it is the client's word.
  const spoofed = await visitor.post('/v1/codes', { email: 'spoof@example.com' }, { 'x-forwarded-for': `1.2.3.4, ${visitor.ip}` });
  expect(spoofed.status).toBe(429);
});
