import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import { bearerOf } from '../support/get-in.ts';
import { startRedisCluster, type RedisCluster } from '../support/redis-cluster.ts';

let cluster: RedisCluster;
let access: AccessSystem;
let callback: Server;
let redirectUri: string;
beforeAll(async () => {
  callback = createServer((_request, response) => response.end('back')).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  redirectUri = `http://localhost:${(callback.address() as AddressInfo).port}/callback`;
  cluster = await startRedisCluster();
  const sites = [{ id: 'default', name: 'Here', idTokenAlgorithm: 'EdDSA', redirectUris: [redirectUri] }];
  access = await startAccessSystem(sites, { redisUrl: cluster.urls.join(','), sweepers: 2 });
}, 60_000);
afterAll(async () => {
  await access?.stop();
  await cluster?.stop();
  callback?.close();
});

test('visitors get in, and are out within a second when their passes end', async () => {
  const visitor = access.system.visitor();
  const bearer = await bearerOf(visitor);
  const asSeenBy = async (url: string) => (await fetch(`${url}/v1/pass`, { headers: bearer })).status;
  expect([await asSeenBy(access.publicUrl), await asSeenBy(access.second.url)]).toEqual([200, 200]);

  expect((await visitor.delete('/v1/passes', bearer)).status).toBe(204);
  await expect.poll(() => asSeenBy(access.second.url), { interval: 50 }).toBe(401);
  expect(await asSeenBy(access.publicUrl)).toBe(401);
});

test('limits hold, and a request that was made again under its key is the same', async () => {
  const visitor = access.system.visitor();
  const key = { 'idempotency-key': 'the-same-request-again' };
  const first = await visitor.post('/v1/codes', { email: visitor.email }, key);
  expect(first.status).toBe(202);
  expect((await visitor.post('/v1/codes', { email: visitor.email }, key)).body).toEqual(first.body);
  expect((await visitor.post('/v1/codes', { email: visitor.email })).body).toMatchObject({ code: 'too_many_requests' });
});

test('an OpenID Connect client lets a visitor in', async () => {
  // oxlint-disable-next-line typescript/no-deprecated -- marked so that nobody uses it off loopback
  const insecure = { execute: [openid.allowInsecureRequests] };
  const config = await openid.discovery(new URL(access.publicUrl), 'default', { id_token_signed_response_alg: 'EdDSA' }, openid.None(), insecure);
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const expectedState = openid.randomState();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
  });
  const browser = access.browser();
  const back = await access.logIn(browser, await browser.open(url.href));
  const tokens = await openid.authorizationCodeGrant(config, new URL(back.url), { pkceCodeVerifier, expectedState, idTokenExpected: true });
  expect(tokens.claims()).toMatchObject({ aud: 'default', amr: ['email'] });
});

test('everything is in one slot, and so at one node', async () => {
  const held = (await cluster.keys()).filter((keys) => keys.length > 0);
  expect(held).toHaveLength(1);
  expect(held.flat().filter((key) => !key.startsWith('{daypass}'))).toEqual([]);
});
