import { randomBytes, randomInt } from 'node:crypto';
import { credentialOf } from '@daypass/core/sites/credential';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSitesFile, reload, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Visitor } from '../support/visitor.ts';

const newSecret = () => randomBytes(32).toString('base64url');
const [secret, nextSecret, blogSecret] = [newSecret(), newSecret(), newSecret()];
const limits = { networkFreePer5Minutes: 4, networkPer5Minutes: 4 };
const blog = { id: 'default', name: 'The Blog', limits, credentials: [credentialOf(blogSecret)] };
const shop = (...secrets: string[]) => ({ id: 'shop', name: 'The Shop', limits, credentials: secrets.map(credentialOf) });

let file: SitesFile;
let system: System;
beforeAll(async () => {
  file = await createSitesFile(sitesText([blog, shop(secret)]));
  system = await startSystem({ workers: 0, env: { DAYPASS_SITES: file.path, PUBLIC_URL: 'https://login.example' } });
});
afterAll(async () => {
  await system?.stop();
  await file?.remove();
});

const basic = (site: string, given: string) => ({ authorization: `Basic ${Buffer.from(`${site}:${given}`).toString('base64')}` });
const newEmail = () => `backend.${randomInt(1e9)}@example.com`;
/** Asks for somebody new. */
const ask = (backend: Visitor, headers: Record<string, string>, members: object = {}) =>
  backend.post('/v1/codes', { email: newEmail(), site: 'shop', ...members }, headers);
const client = (address: string) => ({ client: { address } });

describe('a backend that signs in for its site', () => {
  test('says who its client is, and the limits are those of the client', async () => {
    const backend = system.visitor();
    const visitors = Array.from({ length: 12 }, () => system.visitor());
    const answers = await Promise.all(visitors.map(({ ip }) => ask(backend, basic('shop', secret), client(ip))));
    expect(answers.map(({ status }) => status)).toEqual(visitors.map(() => 202));

    // One of them asks for too much, through the backend and directly, and the others do not.
    const [one, other] = [system.visitor(), system.visitor()];
    const through = await Promise.all(Array.from({ length: 4 }, () => ask(backend, basic('shop', secret), client(one.ip))));
    expect(through.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect((await ask(backend, basic('shop', secret), client(`::ffff:${one.ip}`))).status).toBe(429);
    expect((await ask(one, {})).status).toBe(429);
    expect((await ask(backend, basic('shop', secret), client(other.ip))).status).toBe(202);
  });

  test('is no page, and needs no origin of the site', async () => {
    const headers = { ...basic('shop', secret), origin: 'https://elsewhere.example' };
    expect((await ask(system.visitor(), headers)).status).toBe(202);
    expect((await ask(system.visitor(), { origin: 'https://elsewhere.example' })).body).toMatchObject({ code: 'origin_refused' });
  });

  test('may be its own client', async () => {
    expect((await ask(system.visitor(), basic('shop', secret))).status).toBe(202);
  });

  test.each([
    ['a secret that it does not have', basic('shop', newSecret())],
    ['the secret of another site', basic('shop', blogSecret)],
    ['what the sites file says', basic('shop', credentialOf(secret))],
    ['a site that there is not', basic('nowhere', secret)],
    ['another site than the one that it asks for', basic('default', blogSecret)],
    ['another way of signing in', { authorization: `Bearer ${secret}` }],
    ['something malformed', { authorization: 'Basic !' }],
  ])('with %s is refused, also as no page', async (_what, headers) => {
    for (const more of [{}, { origin: 'https://elsewhere.example' }]) {
      const { status, body, headers: said, text } = await ask(system.visitor(), { ...headers, ...more });
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'credentials_invalid' });
      expect(said.get('www-authenticate')).toBe('Basic realm="a site"');
      expect(text).not.toContain(secret);
    }
  });

  test('is not needed: nobody else may say who their client is', async () => {
    expect((await ask(system.visitor(), {}, client('192.0.2.1'))).body).toMatchObject({ status: 401, code: 'credentials_invalid' });
  });

  test.each(['', 'somewhere', '192.0.2.1:80', '192.0.2.256', '192.0.2.1, 192.0.2.2', '$', 'x'.repeat(1_000)])(
    'is told when the address of its client is none: %j',
    async (address) => {
      expect((await ask(system.visitor(), basic('shop', secret), client(address))).body).toMatchObject({ code: 'malformed_request' });
    },
  );

  test('cannot be guessed at speed, and is not locked out by who tries', async () => {
    const visitor = system.visitor();
    const answers = await Promise.all(Array.from({ length: 35 }, () => ask(visitor, basic('shop', newSecret()))));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(30);
    expect(answers.filter(({ status, headers }) => status === 429 && Number(headers.get('retry-after')) > 0)).toHaveLength(5);
    expect((await ask(visitor, basic('shop', secret), client(system.visitor().ip))).status).toBe(202);
  });

  test('changes its secret without a moment in which it has none', async () => {
    const backend = system.visitor();
    const statuses = async () =>
      (await Promise.all([secret, nextSecret].map((each) => ask(backend, basic('shop', each), client(system.visitor().ip))))).map(({ status }) => status);
    const seen = [await statuses()];
    for (const secrets of [[secret, nextSecret], [nextSecret]]) {
      await file.write(sitesText([blog, shop(...secrets)]));
      await reload(system.apis);
      seen.push(await statuses());
    }
    expect(seen).toEqual([
      [202, 401],
      [202, 202],
      [401, 202],
    ]);
  });

  test('leaves no secret in the log', () => {
    const log = system.apis.flatMap(({ output }) => output).join('\n');
    for (const each of [secret, nextSecret, blogSecret]) {
      expect(log).not.toContain(each);
      expect(log).not.toContain(basic('shop', each).authorization.slice('Basic '.length));
    }
  });
});
