import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentialOf } from '@daypass/core/sites/credential';
import type { Puzzle } from '@daypass/core/puzzles/puzzle';
import * as openid from 'openid-client';
import { newAddress, startAccessSystem, type AccessSystem } from './access-system.ts';
import { cookiesOf } from './get-in.ts';
import { solvePuzzle } from './solve-puzzle.ts';
import type { SystemOptions } from './system.ts';
import { phoneOf, untilStepHasRoom, wrongTotpCode } from './totp.ts';
import { codeIn, type Visitor } from './visitor.ts';

/** Somebody's way through Daypass: what must not be found anywhere afterwards. */
export type Journey = () => Promise<string[]>;

export interface LeakSystem {
  access: AccessSystem;
  /** By what they do. */
  journeys: Record<string, Journey>;
  stop(): Promise<void>;
}

const protectedOrigin = 'https://intranet.example';
const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'intranet.example', 'x-forwarded-method': 'GET' };
const page = { accept: 'text/html', 'sec-fetch-mode': 'navigate' };

/** A Daypass with a site of each kind, and what visitors of each kind do there. */
export async function startLeakSystem(options: SystemOptions): Promise<LeakSystem> {
  const callback = createServer((_request, response) => response.end('<p>back</p>')).listen(0, '127.0.0.1');
  await once(callback, 'listening');
  const redirectUri = `http://localhost:${portOf(callback)}/callback`;
  const secret = randomBytes(32).toString('base64url');
  const carries = { pass: { ttl: '30m', email: true } };
  const access = await startAccessSystem(
    [
      { id: 'default', name: 'Default', totp: { anonymous: true } },
      { id: 'shop', name: 'The Shop', credentials: [credentialOf(secret)], redirectUris: [redirectUri], idTokenAlgorithm: 'EdDSA', ...carries },
      { id: 'intranet', name: 'The Intranet', returnOrigins: [protectedOrigin], ...carries },
      { id: 'wary', name: 'Wary', proofOfWork: 'always' },
    ],
    options,
  );
  const { system, publicUrl } = access;
  let turn = 0;
  const somebody = () => system.visitor((turn += 1) % 2);
  // oxlint-disable-next-line typescript/no-deprecated -- marked so that nobody uses it off loopback
  const insecure = { execute: [openid.allowInsecureRequests] };
  const shop = await openid.discovery(new URL(publicUrl), 'shop', { id_token_signed_response_alg: 'EdDSA' }, openid.ClientSecretBasic(secret), insecure);

  const ask = (visitor: Visitor, members: object = {}, headers = {}) => visitor.post('/v1/codes', { email: visitor.email, ...members }, headers);
  const grantOf = ({ status, body, text }: { status: number; body: Record<string, unknown>; text: string }) => {
    if (status !== 200) throw new Error(`not let in: ${status} ${text}`);
    return [...ofToken(String(body['accessToken'])), ...(typeof body['device'] === 'string' ? [body['device']] : [])];
  };

  /** By the challenge, with a code mistyped first, another address mistyped, a cookie, and the pass taken back. */
  async function byChallenge(): Promise<string[]> {
    const visitor = somebody();
    const key = randomUUID();
    const id = String((await ask(visitor, {}, { 'idempotency-key': key })).body['id']);
    const code = await visitor.code();
    await visitor.verify(id, 'AAAA-AAAA');
    const origin = { origin: publicUrl };
    const granted = await visitor.post(`/v1/codes/${id}/verify`, { code, session: 'cookie' }, origin);
    const cookie = cookiesOf(granted);
    await visitor.get('/v1/pass', { cookie });
    await somebody().post('/v1/codes', { email: `${visitor.email} x` });
    await visitor.delete('/v1/pass', { cookie, ...origin });
    return [...ofAddress(visitor.email), ...ofCode(code), key, visitor.ip, ...grantOf(granted)];
  }

  /** By address and code, after having asked too often. */
  async function byAddress(): Promise<string[]> {
    const visitor = somebody();
    await ask(visitor);
    const code = await visitor.code();
    await ask(visitor);
    await visitor.post('/v1/codes/verify', { email: visitor.email, code: 'AAAA-AAAA' });
    return [...ofAddress(visitor.email), ...ofCode(code), ...grantOf(await visitor.post('/v1/codes/verify', { email: visitor.email, code }))];
  }

  /** Enrols an app, mistypes, gets in, recovers and ends it. */
  async function byApp(): Promise<string[]> {
    await untilStepHasRoom();
    const visitor = somebody();
    const label = `label ${randomBytes(6).toString('hex')}`;
    const { body } = await visitor.post('/v1/totp?qr=png', { label });
    const [shown, uri] = [String(body['secret']), String(body['uri'])];
    const phone = phoneOf({ id: String(body['id']), uri, secret: shown }, { algorithm: 'SHA1', digits: 6 });
    const path = `/v1/totp/${phone.id}`;
    await visitor.post(`${path}/confirm`, { code: wrongTotpCode(phone, new Date()) });
    const confirmed = await visitor.post(`${path}/confirm`, { code: phone.code(new Date()) });
    const recoveryCodes = confirmed.body['recoveryCodes'] as string[];
    await visitor.post(`${path}/recover`, { recoveryCode: `${recoveryCodes[1]}X` });
    const recovered = await visitor.post(`${path}/recover`, { recoveryCode: recoveryCodes[0] });
    const bytes = Buffer.from(phone.key.secret);
    const written = [shown, shown.replaceAll(' ', ''), ...(['hex', 'base64', 'base64url'] as const).map((way) => bytes.toString(way))];
    return [...written, uri, label, ...grantOf(confirmed), ...grantOf(recovered), ...recoveryCodes.flatMap((each) => [each, each.replaceAll('-', '')])];
  }

  /** Through an OpenID Connect client: the hosted login, code and PKCE, userinfo, introspection, revocation. */
  async function byOpenId(): Promise<string[]> {
    const [email, verifier, state, nonce] = [newAddress(), openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
    const challenge = { code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
    const url = openid.buildAuthorizationUrl(shop, { redirect_uri: redirectUri, scope: 'openid email', ...challenge, state, nonce });
    const browser = access.browser();
    const back = new URL((await access.logIn(browser, await browser.open(url.href), email)).url);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await openid.authorizationCodeGrant(shop, back, checks);
    await openid.fetchUserInfo(shop, tokens.access_token, tokens.claims()?.sub ?? '');
    await openid.tokenIntrospection(shop, tokens.access_token);
    await openid.tokenRevocation(shop, tokens.access_token);
    // What came too late is an error, which must not say what it was.
    await openid.authorizationCodeGrant(shop, back, checks).catch(() => undefined);
    const mailed = ofCode(codeIn(await system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000)));
    const cookies = [...browser.cookies(publicUrl).values()];
    return [...ofAddress(email), ...mailed, back.searchParams.get('code') ?? '', verifier, ...ofToken(tokens.access_token), ...ofToken(tokens.id_token ?? ''), ...cookies];
  }

  /** To a site behind a reverse proxy, as Traefik asks for it, and out again. */
  async function byProxy(): Promise<string[]> {
    const browser = access.browser();
    const asProxy = (uri: string, headers: Record<string, string>) => ({ headers: { ...proxied, 'x-forwarded-uri': uri, ...headers } });
    const sent = await browser.fetch(`${publicUrl}/v1/forward-auth?site=intranet`, asProxy('/page', page));
    const way = new URL(sent.headers.get('location') ?? '');
    const start = await browser.fetch(`${publicUrl}${way.pathname}${way.search}`, asProxy(way.pathname, page));
    const nonce = (start.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const email = newAddress();
    const login = await browser.open(start.headers.get('location') ?? '');
    const asked = await browser.submit(login, '/address', { email });
    const code = codeIn(await system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000));
    // The way leads to a host that is not there: it is followed by hand from here on.
    const entered = await browser.submit(asked, '/code', { code }).catch(() => undefined);
    const again = entered ?? (await browser.fetch(start.headers.get('location') ?? ''));
    const handed = new URL(again.headers.get('location') ?? '');
    const back = await browser.fetch(`${publicUrl}${handed.pathname}${handed.search}`, asProxy(handed.pathname, { ...page, cookie: nonce }));
    const cookie = (back.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const through = await browser.fetch(`${publicUrl}/v1/forward-auth?site=intranet`, asProxy('/page', { cookie }));
    if (through.headers.get('remote-email') !== email) throw new Error(`not let through: ${through.status} ${through.text}`);
    return [...ofAddress(email), ...ofCode(code), handed.searchParams.get('code') ?? '', valueOf(nonce), ...ofToken(valueOf(cookie))];
  }

  /** Through a backend that signs in for its site and says who its client is. */
  async function byBackend(): Promise<string[]> {
    const [visitor, ip] = [somebody(), somebody().ip];
    const authorization = `Basic ${Buffer.from(`shop:${secret}`).toString('base64')}`;
    const asked = await ask(visitor, { site: 'shop', client: { address: ip } }, { authorization });
    const code = await visitor.code();
    await ask(visitor, { site: 'shop', client: { address: ip } }, { authorization: `Basic ${Buffer.from(`shop:${code}`).toString('base64')}` });
    return [...ofAddress(visitor.email), ...ofCode(code), ip, secret, authorization.slice(6), ...grantOf(await visitor.verify(String(asked.body['id']), code))];
  }

  /** Where a proof of work is asked for, with a wrong one first. */
  async function byProof(): Promise<string[]> {
    const visitor = somebody();
    const wanted = await ask(visitor, { site: 'wary' });
    const proof = await solvePuzzle(wanted.body['proof'] as Puzzle);
    await ask(visitor, { site: 'wary', proof: visitor.email });
    const asked = await ask(visitor, { site: 'wary', proof });
    const code = await visitor.code();
    return [...ofAddress(visitor.email), ...ofCode(code), ...grantOf(await visitor.verify(String(asked.body['id']), code))];
  }

  return {
    access,
    journeys: { byChallenge, byAddress, byApp, byOpenId, byProxy, byBackend, byProof },
    async stop() {
      await access.stop();
      callback.close();
    },
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const valueOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1);
export const ofAddress = (email: string) => [email, email.split('@')[0] ?? ''];
const ofCode = (code: string) => [code, code.replace('-', '')];
const ofToken = (token: string) => [token, token.split('.')[2] ?? ''];
