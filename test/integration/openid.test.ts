import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { credentialOf } from '@daypass/core/sites/credential';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress, startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import type { Browser, Page } from '../support/browser.ts';

const secret = randomBytes(32).toString('base64url');
let access: AccessSystem;
let callback: Server;
let redirectUri: string;

beforeAll(async () => {
  callback = createServer((_request, response) => response.end('<p>back at the client</p>')).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  redirectUri = `http://localhost:${(callback.address() as AddressInfo).port}/callback`;
  const common = { redirectUris: [redirectUri], postLogoutRedirectUris: [`${redirectUri}?bye`], pass: { ttl: '30m', email: true } };
  const ed25519 = JSON.parse(makeSecrets(new Date(), randomBytes).DAYPASS_SIGNING_KEYS) as object[];
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  access = await startAccessSystem(
    [
      { id: 'shop', name: 'The Shop', credentials: [credentialOf(secret)], ...common },
      { id: 'app', name: 'The App', ...common, redirectUris: [redirectUri, 'https://elsewhere.example/callback'], idTokenAlgorithm: 'EdDSA', pass: { ttl: '30m' } },
    ],
    { env: { DAYPASS_SIGNING_KEYS: JSON.stringify([...ed25519, rsa]) } },
  );
});
afterAll(async () => {
  await access?.stop();
  callback?.close();
});

// oxlint-disable-next-line typescript/no-deprecated -- marked so that nobody uses it off loopback
const insecure = { execute: [openid.allowInsecureRequests] };
/** The shop has a secret; the app has none, and is told what its ID tokens are signed with. */
const shop = () => openid.discovery(new URL(access.publicUrl), 'shop', secret, openid.ClientSecretBasic(secret), insecure);
const app = () => openid.discovery(new URL(access.publicUrl), 'app', { id_token_signed_response_alg: 'EdDSA' }, openid.None(), insecure);

interface Trip {
  url: URL;
  checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string; idTokenExpected: true };
}

async function setOut(config: openid.Configuration, parameters: Record<string, string> = {}): Promise<Trip> {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid email profile',
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...parameters,
  });
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true } };
}

/** Lets somebody in who has not been here before, unless the browser is in already. */
async function goThrough(browser: Browser, { url }: Trip, email = newAddress()): Promise<Page> {
  const page = await browser.open(url.href);
  return page.text.includes('action="/login/address"') ? access.logIn(browser, page, email) : page;
}

async function tokensFor(config: openid.Configuration, browser = access.browser(), email = newAddress()) {
  const trip = await setOut(config);
  const back = await goThrough(browser, trip, email);
  expect(back.url).toContain(redirectUri);
  return openid.authorizationCodeGrant(config, new URL(back.url), trip.checks);
}

describe('a certified client', () => {
  test('finds out everything, lets a visitor in by code and PKCE, and is told who, how and when', async () => {
    const config = await shop();
    const email = newAddress();
    const tokens = await tokensFor(config, access.browser(), email);
    const idToken = decodeJwt(tokens.id_token ?? '');
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('RS256');
    expect(idToken).toMatchObject({ iss: access.publicUrl, aud: 'shop', amr: ['email'], acr: 'urn:daypass:proofs:1', email, email_verified: true });
    expect(Number(idToken['auth_time'])).toBeGreaterThan(Date.now() / 1000 - 60);
    const user = await openid.fetchUserInfo(config, tokens.access_token, idToken.sub ?? '');
    expect(user).toMatchObject({ sub: idToken.sub, email });
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true, sub: idToken.sub, client_id: 'shop' });

    // The subject is the one that the visitor's passes have.
    const visitor = access.system.visitor();
    await access.system.redis.del(await access.system.redis.keys('{daypass}:limit:*'));
    access.system.catcher.clear();
    const asked = await visitor.post('/v1/codes', { email, site: 'shop' });
    const mail = await access.system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000);
    const granted = await visitor.verify(String(asked.body['id']), /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(mail.text)?.[0] ?? '');
    expect(granted.body['subject']).toBe(idToken.sub);
  });

  test('without a secret, on several hosts, gets an EdDSA token and no address that its site does not tell', async () => {
    const config = await app();
    const tokens = await tokensFor(config);
    const idToken = decodeJwt(tokens.id_token ?? '');
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe('EdDSA');
    expect(idToken).not.toHaveProperty('email');
    expect(await openid.fetchUserInfo(config, tokens.access_token, idToken.sub ?? '')).toEqual({ sub: idToken.sub });
  });

  test('is let in again without a code while the session lasts, with prompt=none too, and not with prompt=login or max_age=0', async () => {
    const config = await shop();
    const browser = access.browser();
    expect(new URL((await browser.open((await setOut(config, { prompt: 'none' })).url.href)).url).searchParams.get('error')).toBe('login_required');
    const first = decodeJwt((await tokensFor(config, browser)).id_token ?? '');
    for (const parameters of [{}, { prompt: 'none' }, { max_age: '600' }] as Record<string, string>[]) {
      const trip = await setOut(config, parameters);
      const back = await browser.open(trip.url.href);
      expect(back.url).toContain(redirectUri);
      const checks = { ...trip.checks, ...(parameters['max_age'] !== undefined && { maxAge: 600 }) };
      const again = await openid.authorizationCodeGrant(config, new URL(back.url), checks);
      expect(decodeJwt(again.id_token ?? '')).toMatchObject({ sub: first.sub, auth_time: first['auth_time'] });
    }
    for (const parameters of [{ prompt: 'login' }, { max_age: '0', prompt: 'login' }] as Record<string, string>[]) {
      expect((await browser.open((await setOut(config, { ...parameters, login_hint: 'ada@example.com' })).url.href)).text).toContain('value="ada@example.com"');
    }
  });

  test('of another site learns nothing of the session: the visitor logs in there, and is somebody else', async () => {
    const [one, two] = [await shop(), await app()];
    const browser = access.browser();
    const email = newAddress();
    const first = decodeJwt((await tokensFor(one, browser, email)).id_token ?? '');
    expect(new URL((await browser.open((await setOut(two, { prompt: 'none' })).url.href)).url).searchParams.get('error')).toBe('login_required');
    await access.system.redis.del(await access.system.redis.keys('{daypass}:limit:*'));
    access.system.catcher.clear();
    const second = decodeJwt((await tokensFor(two, browser, email)).id_token ?? '');
    expect(second.sub).not.toBe(first.sub);
  });

  test('takes a token back, and it is over', async () => {
    const config = await shop();
    const tokens = await tokensFor(config);
    await openid.tokenRevocation(config, tokens.access_token);
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    await expect(openid.fetchUserInfo(config, tokens.access_token, decodeJwt(tokens.id_token ?? '').sub ?? '')).rejects.toMatchObject({ status: 401 });
  });

  test('logs the visitor out: asked first, then back at the client, and in no more without a code', async () => {
    const config = await shop();
    const browser = access.browser();
    const tokens = await tokensFor(config, browser);
    const url = openid.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: `${redirectUri}?bye`, state: 'x' });
    const page = await browser.open(url.href);
    expect(page.text).toContain('End your pass?');
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = { method: 'POST', body: `xsrf=${xsrf}&logout=yes`, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    const out = await browser.fetch(`${access.publicUrl}/oauth2/logout/confirm`, form);
    expect(out.headers.get('location')).toContain(`${redirectUri}?bye=&state=x`);
    expect((await browser.open((await setOut(config)).url.href)).text).toContain('Email me a code');
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
  });
});

describe('what is not in order is refused', () => {
  const codeIn = (page: Page) => new URL(page.url);

  test('a code that was used: the second time, and the token of the first time is over', async () => {
    const config = await shop();
    const trip = await setOut(config);
    const back = codeIn(await goThrough(access.browser(), trip));
    const tokens = await openid.authorizationCodeGrant(config, back, trip.checks);
    await expect(openid.authorizationCodeGrant(config, back, trip.checks)).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await openid.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
  });

  test('of 20 that bring the same code at the same moment at most one gets a token', async () => {
    const config = await shop();
    const trip = await setOut(config);
    const back = codeIn(await goThrough(access.browser(), trip));
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => openid.authorizationCodeGrant(config, back, trip.checks)));
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
  });

  test('another verifier, another redirect, another client, no secret or a wrong one', async () => {
    const config = await shop();
    const trip = await setOut(config);
    const back = codeIn(await goThrough(access.browser(), trip));
    const wrongVerifier = { ...trip.checks, pkceCodeVerifier: openid.randomPKCECodeVerifier() };
    await expect(openid.authorizationCodeGrant(config, back, wrongVerifier)).rejects.toMatchObject({ error: 'invalid_grant' });

    const post = (body: Record<string, string>, authorization?: string) =>
      fetch(`${access.publicUrl}/oauth2/token`, {
        method: 'POST',
        headers: { ...(authorization !== undefined && { authorization }) },
        body: new URLSearchParams({ grant_type: 'authorization_code', code_verifier: trip.checks.pkceCodeVerifier, redirect_uri: redirectUri, ...body }),
      });
    const fresh = async () => {
      const other = await setOut(config);
      return codeIn(await goThrough(access.browser(), other)).searchParams.get('code') ?? '';
    };
    const basic = `Basic ${Buffer.from(`shop:${secret}`).toString('base64')}`;
    expect((await post({ code: await fresh(), redirect_uri: `${redirectUri}/` }, basic)).status).toBe(400);
    expect((await post({ code: await fresh(), client_id: 'app' })).status).toBe(400);
    expect((await post({ code: await fresh(), client_id: 'shop' })).status).toBe(401);
    expect((await post({ code: await fresh() }, `Basic ${Buffer.from(`shop:${randomBytes(32).toString('base64url')}`).toString('base64')}`)).status).toBe(401);
  });

  test('a redirect that is not registered, no PKCE, the plain method, another response type: nothing is sent there', async () => {
    const config = await shop();
    const asked = async (parameters: Record<string, string>, without: string[] = []) => {
      const { url } = await setOut(config, parameters);
      for (const name of without) url.searchParams.delete(name);
      return access.browser().open(url.href);
    };
    for (const redirect_uri of ['https://evil.example/callback', `${redirectUri}/more`, redirectUri.replace('localhost', 'localhost.evil.example'), `${redirectUri}#x`]) {
      const page = await asked({ redirect_uri });
      expect(page.url).toContain(access.publicUrl);
      expect(page.status).toBe(400);
    }
    const errorOf = (page: Page) => new URL(page.url).searchParams.get('error');
    expect(errorOf(await asked({}, ['code_challenge', 'code_challenge_method']))).toBe('invalid_request');
    expect(errorOf(await asked({ code_challenge_method: 'plain' }))).toBe('invalid_request');
    expect((await asked({ response_type: 'token' })).url).toMatch(/error=un(supported|authorized)/);
    expect((await asked({ client_id: 'nobody' })).status).toBe(400);
  });

  test('the answer to another question: state and nonce that were mixed up', async () => {
    const config = await shop();
    const [one, two] = [await setOut(config), await setOut(config)];
    const back = codeIn(await goThrough(access.browser(), one));
    await expect(openid.authorizationCodeGrant(config, back, two.checks)).rejects.toMatchObject({ cause: expect.objectContaining({ message: expect.stringContaining('state') }) });
  });

  test('the login of one browser finished in another', async () => {
    const config = await shop();
    const trip = await setOut(config);
    const browser = access.browser();
    const login = await browser.open(trip.url.href);
    expect((await access.browser().open(login.url)).text).toContain('Email me a code');
    const stranger = access.browser();
    const page = await access.logIn(stranger, await stranger.open(login.url));
    expect(page.status).toBe(400);
    expect(page.url).not.toContain(redirectUri);
  });

  test('a token of a visitor whose passes were taken back, and their session', async () => {
    const config = await shop();
    const browser = access.browser();
    const tokens = await tokensFor(config, browser);
    const pass = browser.cookies(access.publicUrl).get('daypass');
    const ended = await fetch(`${access.second.url}/v1/passes`, { method: 'DELETE', headers: { authorization: `Bearer ${pass}` } });
    expect(ended.status).toBe(204);
    await expect.poll(() => openid.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    expect((await browser.open((await setOut(config)).url.href)).text).toContain('Email me a code');
  });
});

describe('the provider', () => {
  test('says nothing at its start that oidc-provider would warn of', async () => {
    await tokensFor(await shop());
    const said = [...access.system.apis, access.second].flatMap(({ output }) => output).join('\n');
    expect(said).not.toMatch(/oidc-provider|WARNING|NOTICE/i);
  });

  test('describes itself by its PUBLIC_URL, whatever host it is asked by', async () => {
    const response = await fetch(`${access.second.url}/.well-known/openid-configuration`, { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } });
    const text = await response.text();
    expect(text).not.toContain('evil');
    const endpoints = { authorization: 'authorize', token: 'token', introspection: 'introspect', revocation: 'revoke', userinfo: 'userinfo', end_session: 'logout' };
    const addresses = Object.entries(endpoints).map(([name, path]) => [`${name}_endpoint`, `${access.publicUrl}/oauth2/${path}`]);
    expect(JSON.parse(text)).toMatchObject({
      issuer: access.publicUrl,
      ...Object.fromEntries(addresses),
      jwks_uri: `${access.publicUrl}/.well-known/jwks.json`,
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256', 'EdDSA']),
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
    });
  });

  test('keeps nothing readable, nothing without an end, and all of it in one slot of a cluster', async () => {
    const config = await shop();
    const email = newAddress();
    const trip = await setOut(config);
    const back = new URL((await goThrough(access.browser(), trip, email)).url);
    const tokens = await openid.authorizationCodeGrant(config, back, trip.checks);
    const { redis } = access.system;
    const keys = (await redis.keys('*')).filter((key) => key.includes('oidc'));
    expect(keys.length).toBeGreaterThan(3);
    for (const key of keys) {
      expect(key).toMatch(/^\{daypass\}:oidc:/);
      expect(await redis.pttl(key)).not.toBe(-1); // -2 says that it has just ended.
      const kept = (await redis.type(key)) === 'set' ? (await redis.smembers(key)).join() : String(await redis.get(key));
      for (const readable of [email, back.searchParams.get('code') ?? '', tokens.access_token, String(decodeJwt(tokens.id_token ?? '').sub)]) {
        expect(`${key} ${kept}`).not.toContain(readable);
        expect(Buffer.from(kept, 'base64url').toString('latin1')).not.toContain(readable);
      }
    }
  });
});
