import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
  type JWTHeaderParameters,
  type JWTPayload,
} from 'jose';
import { describe, expect, test } from 'vitest';
import { at, createDomain } from '../../../../test/support/domain.ts';
import { withOtherSignature } from '../../../../test/support/forge.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { parseSigningKeys } from '../keys/signing-keys.ts';
import { createGrant } from './grant.ts';
import { createVerifyPass } from './verify-pass.ts';

const domain = createDomain();
const { site, otherSite, issuer, signingKeys } = domain;
const addressDigest = digestAddress(domain.indexKey, 'ada@example.com');
const visitor = { ok: true as const, site, addressDigest };
const grant = createGrant(domain);
const verifyAt = (seconds: number) => createVerifyPass({ ...domain, now: () => at(seconds) });
const verify = verifyAt(1);
const invalid = { ok: false, code: 'pass_invalid' };

const header = { alg: 'EdDSA', kid: signingKeys.active.kid, typ: 'at+jwt' };
const claims: JWTPayload = decodeJwt((await grant(visitor, ['email'])).accessToken);
const sign = (payload: JWTPayload, protectedHeader: JWTHeaderParameters = header, key = signingKeys.active.privateKey) =>
  new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key);

describe('a grant', () => {
  test('is a pass that verifies against the published keys, by any JWT library', async () => {
    const { accessToken } = await grant(visitor, ['email']);
    const { payload, protectedHeader } = await jwtVerify(accessToken, createLocalJWKSet(signingKeys.jwks), { currentDate: at(1) });
    expect(protectedHeader).toEqual(header);
    expect(payload).toMatchObject({ iss: issuer, aud: 'default', client_id: 'default', amr: ['email'] });
    const seconds = at(0).getTime() / 1000;
    expect(payload).toMatchObject({ iat: seconds, nbf: seconds - 120, auth_time: seconds, exp: seconds + 900 });
  });

  test('is accepted here, and says who, where, how and until when', async () => {
    const { accessToken, subject } = await grant(visitor, ['email']);
    expect(await verify(accessToken)).toEqual({
      ok: true,
      id: expect.any(String),
      subject,
      site: 'default',
      methods: ['email'],
      provenAt: at(0),
      issuedAt: at(0),
      expiresAt: at(900),
    });
  });

  test('says the address only where it is told', async () => {
    expect(await verify((await grant(visitor, ['email'])).accessToken)).not.toHaveProperty('email');
    const named = await grant({ ...visitor, email: 'ada@example.com' }, ['email']);
    expect(await verify(named.accessToken)).toMatchObject({ ok: true, email: 'ada@example.com' });
  });

  test('has one subject for an address at a site, and others elsewhere, none of them the digest in the store', async () => {
    const subjects = await Promise.all([
      grant(visitor, ['email']),
      grant({ ...visitor, site: otherSite }, ['email']),
      grant({ ...visitor, addressDigest: digestAddress(domain.indexKey, 'eve@example.com') }, ['email']),
      createGrant(createDomain())(visitor, ['email']),
    ]);
    expect(new Set([addressDigest, ...subjects.map(({ subject }) => subject)]).size).toBe(5);
    expect((await grant(visitor, ['otp'])).subject).toBe(subjects[0].subject);
  });

  test('has an id and a device token of its own each time', async () => {
    const grants = await Promise.all(Array.from({ length: 50 }, () => grant(visitor, ['email'])));
    expect(new Set(grants.map(({ accessToken }) => decodeJwt(accessToken).jti)).size).toBe(50);
    expect(new Set(grants.map(({ device }) => device)).size).toBe(50);
    expect(grants[0]?.device).not.toContain(addressDigest);
  });
});

describe('time', () => {
  test('a pass is good in its last second and not in the next', async () => {
    const { accessToken } = await grant(visitor, ['email']);
    expect(await verifyAt(899.999)(accessToken)).toMatchObject({ ok: true });
    expect(await verifyAt(900)(accessToken)).toEqual(invalid);
  });

  test('a pass is not good before its time', async () => {
    const { accessToken } = await grant(visitor, ['email']);
    expect(await verifyAt(-121)(accessToken)).toEqual(invalid);
    // But where a clock is behind.
    expect(await verifyAt(-119)(accessToken)).toMatchObject({ ok: true });
  });
});

describe('after a rotation of the signing keys', () => {
  const pair = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [old, fresh] = [pair(), pair()];
  const under = (...keys: unknown[]) => parseSigningKeys(JSON.stringify(keys));

  test('a pass of the old key is good while that is published, and not after', async () => {
    const { accessToken } = await createGrant({ ...domain, signingKeys: under(old) })(visitor, ['email']);
    const verifyUnder = (...keys: unknown[]) => createVerifyPass({ ...domain, signingKeys: under(...keys) })(accessToken);
    expect(await verifyUnder(fresh, old)).toMatchObject({ ok: true });
    expect(await verifyUnder(fresh)).toEqual(invalid);
  });

  test('the first key signs', async () => {
    const keys = under(fresh, old);
    const { accessToken } = await createGrant({ ...domain, signingKeys: keys })(visitor, ['email']);
    expect(decodeProtectedHeader(accessToken).kid).toBe(keys.jwks.keys[0]?.kid);
  });
});

describe('what is no pass', () => {
  const publicKey = createPublicKey(signingKeys.active.privateKey);
  const hs256 = { ...header, alg: 'HS256' };
  const publicBytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const publicPem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
  const { privateKey: otherKey } = generateKeyPairSync('ed25519');
  const without = (name: string): JWTPayload => Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name));

  test('the claims that the attacks below start from are a pass when they are signed as they are', async () => {
    expect(await verify(await sign(claims))).toMatchObject({ ok: true });
  });

  test.each<[string, () => Promise<string> | string]>([
    ['alg none', () => new UnsecuredJWT(claims).encode()],
    ['alg none that names our key', () => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`],
    ['HS256 with the public key for a secret', () => new SignJWT(claims).setProtectedHeader(hs256).sign(publicBytes)],
    ['HS256 with the public key as PEM for a secret', () => new SignJWT(claims).setProtectedHeader(hs256).sign(publicPem)],
    ['the key of somebody else under our kid', () => sign(claims, header, otherKey)],
    ['a kid that we do not have', () => sign(claims, { ...header, kid: 'other' })],
    ['another issuer', () => sign({ ...claims, iss: 'https://evil.example' })],
    ['another audience', () => sign({ ...claims, aud: 'elsewhere' })],
    ['several audiences', () => sign({ ...claims, aud: ['default', 'elsewhere'] })],
    ['an expired one', () => sign({ ...claims, exp: at(0).getTime() / 1000 })],
    ['one that is not yet valid', () => sign({ ...claims, nbf: at(60).getTime() / 1000 })],
    ['one that says no type', () => sign(claims, { alg: 'EdDSA', kid: header.kid })],
    ['one of another type of ours', () => sign(claims, { ...header, typ: 'JWT' })],
    ['an amr that is no list', () => sign({ ...claims, amr: 'email' })],
  ])('%s', async (_what, forge) => {
    expect(await verify(await forge())).toEqual(invalid);
  });

  test.each(['iss', 'aud', 'sub', 'jti', 'iat', 'nbf', 'exp', 'amr'])('one without %s', async (name) => {
    expect(await verify(await sign(without(name)))).toEqual(invalid);
  });

  test('an edited one: any bit of what is signed, or of the signature', async () => {
    const parts = (await sign(claims)).split('.').map((part) => Buffer.from(part, 'base64url'));
    for (const [index, part] of parts.entries()) {
      for (let bit = 0; bit < part.length * 8; bit += index === 2 ? 1 : 7) {
        const edited = parts.map((bytes) => Buffer.from(bytes));
        const target = edited[index] ?? Buffer.alloc(0);
        target[bit >> 3] = (target[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const token = edited.map((bytes) => bytes.toString('base64url')).join('.');
        expect(await verify(token), `part ${index}, bit ${bit}`).toEqual(invalid);
      }
    }
  });

  test.each(['', '.', '..', 'a.b.c', 'null', '{}', 'e30.e30.', `${'a'.repeat(10_000)}.b.c`, '\u0000'])('%j', async (token) => {
    expect(await verify(token)).toEqual(invalid);
  });

  test('random bytes in three parts', async () => {
    for (let round = 0; round < 500; round += 1) {
      const token = [20, 60, 64].map((size) => randomBytes(size).toString('base64url')).join('.');
      expect(await verify(token)).toEqual(invalid);
    }
  });

  test('a device token', async () => {
    expect(await verify((await grant(visitor, ['email'])).device ?? '')).toEqual(invalid);
  });
});

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('a pass that has been verified before', () => {
  test('is verified anew as far as time, site and revocation go, and no other token is taken for it', async () => {
    const domainHere = createDomain();
    const check = createVerifyPass(domainHere);
    const { accessToken } = await createGrant(domainHere)({ site: domainHere.site, addressDigest }, ['email']);
    expect(await check(accessToken)).toMatchObject({ ok: true });
    expect(await check(withOtherSignature(accessToken))).toEqual(invalid);
    domainHere.sites.replace([domainHere.otherSite]);
    expect(await check(accessToken)).toEqual(invalid);
    domainHere.sites.replace([domainHere.site]);
    expect(await check(accessToken)).toMatchObject({ ok: true });
    domainHere.time = at(900);
    expect(await check(accessToken)).toEqual(invalid);
  });
});
