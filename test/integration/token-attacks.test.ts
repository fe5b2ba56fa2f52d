import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { createVerifyPass } from '@daypass/verify-pass';
import { decodeJwt, decodeProtectedHeader, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAccessSystem, type AccessSystem } from '../support/access-system.ts';
import { withOtherSignature } from '../support/forge.ts';

const secrets = makeSecrets(new Date(), randomBytes);
const [ed25519] = JSON.parse(secrets.DAYPASS_SIGNING_KEYS) as [{ x: string }];
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const signingKey = createPrivateKey({ key: { ...ed25519 }, format: 'jwk' });
const publicKey = createPublicKey(signingKey);

let access: AccessSystem;
/** A pass as it is granted, and what is in it. */
let good: string;
let claims: JWTPayload;
let kid: string;
let revoked: string;

beforeAll(async () => {
  const site = { pass: { ttl: '1h' }, returnOrigins: ['https://intranet.example'], totp: { anonymous: false } };
  access = await startAccessSystem(
    [
      { id: 'intranet', name: 'The Intranet', ...site },
      { id: 'other', name: 'Other', ...site },
    ],
    { env: { ...secrets, DAYPASS_SIGNING_KEYS: JSON.stringify([ed25519, rsa.export({ format: 'jwk' })]) } },
  );
  good = await newPass();
  claims = decodeJwt(good);
  kid = String(decodeProtectedHeader(good).kid);
  revoked = await newPass();
  await fetch(`${access.publicUrl}/v1/pass`, { method: 'DELETE', headers: { authorization: `Bearer ${revoked}` } });
});
afterAll(() => access?.stop());

async function newPass(site = 'intranet'): Promise<string> {
  const visitor = access.system.visitor();
  const asked = await visitor.post('/v1/codes', { email: visitor.email, site });
  const granted = await visitor.verify(String(asked.body['id']), await visitor.code());
  return String(granted.body['accessToken']);
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (payload: JWTPayload, header: object = {}, key: KeyObject = signingKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header }).sign(key);
const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
const nowSeconds = () => Math.floor(Date.now() / 1000);
/** The classic: the public key, in one of the ways it can be written, as the secret of an HMAC. */
function hs256(secret: string | Buffer): string {
  const text = `${encode({ alg: 'HS256', typ: 'at+jwt', kid })}.${encode(claims)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}
function edited(change: JWTPayload): string {
  const [head, , signature] = good.split('.');
  return `${head}.${encode({ ...claims, ...change })}.${signature}`;
}
const strangersKey = generateKeyPairSync('ed25519');

const attacks: Record<string, () => Promise<string> | string> = {
  'alg none': () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claims)}.`,
  'alg None with the signature': () => `${encode({ alg: 'None', typ: 'at+jwt', kid })}.${encode(claims)}.${good.split('.')[2]}`,
  'HS256 with the public key as PEM': () => hs256(publicKey.export({ type: 'spki', format: 'pem' })),
  'HS256 with the public key as DER': () => hs256(publicKey.export({ type: 'spki', format: 'der' })),
  'HS256 with the public key as it is in the key set': () => hs256(ed25519.x),
  'HS256 with the bytes of the public key': () => hs256(Buffer.from(ed25519.x, 'base64url')),
  'RS256, with our own RSA key': () => sign(claims, { alg: 'RS256', kid: undefined }, rsa),
  'a key of its own in the header': () => sign(claims, { kid: undefined, jwk: strangersKey.publicKey.export({ format: 'jwk' }) }, strangersKey.privateKey),
  'a key address of its own in the header': () => sign(claims, { kid: undefined, jku: 'https://evil.example/jwks.json' }, strangersKey.privateKey),
  'somebody else’s key under our kid': () => sign(claims, {}, strangersKey.privateKey),
  'an unknown kid': () => sign(claims, { kid: 'unknown' }, strangersKey.privateKey),
  'a critical header nobody knows': () => `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid, crit: ['x'], x: 1 })}.${good.split('.').slice(1).join('.')}`,
  'a site that is not there': () => sign({ ...claims, aud: 'nobody' }),
  'several sites': () => sign({ ...claims, aud: ['intranet', 'other'] }),
  'no site': () => sign(without('aud')),
  'another issuer': () => sign({ ...claims, iss: 'https://evil.example' }),
  'another issuer that begins like ours': () => sign({ ...claims, iss: `${access.publicUrl}.evil.example` }),
  'an end that is over': () => sign({ ...claims, exp: nowSeconds() - 60 }),
  'no end': () => sign(without('exp')),
  'a beginning to come': () => sign({ ...claims, nbf: nowSeconds() + 600 }),
  'no beginning': () => sign(without('nbf')),
  'no id to take it back by': () => sign(without('jti')),
  'nobody': () => sign(without('sub')),
  'another type': () => sign(claims, { typ: 'JWT' }),
  'no type': () => sign(claims, { typ: undefined }),
  'an edited subject': () => edited({ sub: 'A'.repeat(43) }),
  'an edited end': () => edited({ exp: nowSeconds() + 86_400 }),
  'an edited signature': () => withOtherSignature(good),
  'no signature': () => `${good.split('.').slice(0, 2).join('.')}.`,
  'a pass that was taken back': () => revoked,
  'half a pass': () => {
    const half = { ...claims, iss: access.publicUrl, aud: access.publicUrl, site: 'intranet', exp: nowSeconds() + 600 };
    return new SignJWT(half).setProtectedHeader({ alg: 'HS256', typ: 'daypass-half+jwt' }).sign(parseIndexKey(secrets.DAYPASS_INDEX_KEY).halfPass);
  },
  'nothing': () => '',
  'two dots': () => '..',
};

const proxy = { 'x-forwarded-method': 'GET', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'intranet.example', 'x-forwarded-uri': '/' };
const call = async (path: string, headers: Record<string, string>, method = 'GET', body?: string) =>
  (await fetch(`${access.publicUrl}${path}`, { method, redirect: 'manual', headers, ...(body !== undefined && { body }) })).status;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const cookie = (token: string, name = 'daypass') => ({ cookie: `${name}=${token}` });

/** Every place that takes a pass. `true`: it took it. */
const surfaces: Record<string, (token: string) => Promise<boolean>> = {
  'GET /v1/pass, Bearer': async (token) => (await call('/v1/pass', bearer(token))) === 200,
  'GET /v1/pass, cookie': async (token) => (await call('/v1/pass', cookie(token))) === 200,
  'forward-auth, cookie': async (token) => (await call('/v1/forward-auth?site=intranet', { ...proxy, ...cookie(token, '__Host-daypass') })) === 200,
  'forward-auth, Bearer': async (token) => (await call('/v1/forward-auth?site=intranet', { ...proxy, ...bearer(token) })) === 200,
  'forward-auth of nginx': async (token) =>
    (await call('/v1/forward-auth?site=intranet', { 'x-original-url': 'https://intranet.example/', ...cookie(token, '__Host-daypass') })) === 200,
  'the hosted page': async (token) => (await call('/login/done', cookie(token))) === 200,
  'enrolling an app': async (token) =>
    (await call('/v1/totp', { ...bearer(token), 'content-type': 'application/json' }, 'POST', JSON.stringify({ site: 'intranet' }))) === 201,
  // 404: the pass was good, and there is no such enrolment.
  'ending an app': async (token) => (await call('/v1/totp/AAAAAAAAAAAAAAAAAAAAAA', bearer(token), 'DELETE')) === 404,
  'new recovery codes': async (token) => (await call('/v1/totp/AAAAAAAAAAAAAAAAAAAAAA/recovery-codes', bearer(token), 'POST')) === 404,
  'userinfo': async (token) => (await call('/oauth2/userinfo', bearer(token))) === 200,
};
/** A pass is no access token of OpenID Connect: no pass at all gets in there. */
const takesNoPass = ['userinfo'];

describe.each(Object.entries(surfaces))('%s', (name, takes) => {
  test('takes a pass, where it takes passes: so what is refused below is refused for its own sake', async () => {
    expect(await takes(good)).toBe(!takesNoPass.includes(name));
  });

  test.each(Object.entries(attacks))('refuses %s', async (_attack, make) => {
    expect(await takes(await make())).toBe(false);
  });
});

test('taking passes back is refused to all of them as well', async () => {
  for (const make of Object.values(attacks)) {
    const token = await make();
    for (const path of ['/v1/pass', '/v1/passes']) expect(await call(path, bearer(token), 'DELETE')).toBe(401);
  }
  expect(await call('/v1/pass', bearer(good))).toBe(200);
});

describe('a backend that verifies by itself', () => {
  const verifyAt = (site: string) => createVerifyPass({ issuer: access.publicUrl, site });

  test('takes a pass, and knows who, how and until when', async () => {
    expect(await verifyAt('intranet')(good)).toEqual({
      subject: claims.sub,
      methods: ['email'],
      provenAt: new Date(Number(claims['auth_time']) * 1000),
      expiresAt: new Date(Number(claims.exp) * 1000),
    });
  });

  const knownOffline = Object.entries(attacks).filter(([name]) => name !== 'a pass that was taken back');
  test.each(knownOffline)('refuses %s', async (_attack, make) => {
    expect(await verifyAt('intranet')(await make())).toBeUndefined();
  });

  test('refuses a pass of another site, and says so when the keys cannot be had', async () => {
    expect(await verifyAt('intranet')(await newPass('other'))).toBeUndefined();
    await expect(createVerifyPass({ issuer: 'http://127.0.0.1:9', site: 'intranet' })(good)).rejects.toThrow(/fetch failed/);
  });
});
