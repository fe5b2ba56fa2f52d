import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { at, createDomain } from '../../../../test/support/domain.ts';
import { withOtherSignature } from '../../../../test/support/forge.ts';
import { createGrant } from './grant.ts';
import { createMakeHalfPass, createVerifyHalfPass } from './half-pass.ts';
import { createVerifyPass } from './verify-pass.ts';

const domain = createDomain();
const proof = { subject: 'visitor', site: 'default', methods: ['email'], provenAt: at(0) };
const make = createMakeHalfPass(domain);
const verifyAt = (seconds: number) => createVerifyHalfPass({ ...domain, now: () => at(seconds) });
const invalid = { ok: false, code: 'pass_invalid' };

describe('a half pass', () => {
  test('says what was shown, by whom, where and when, for ten minutes', async () => {
    const token = await make(proof);
    expect(await verifyAt(599)(token)).toEqual({ ok: true, ...proof });
    expect(await verifyAt(600)(token)).toEqual(invalid);
    expect(await verifyAt(1)(await make({ ...proof, email: 'ada@example.com' }))).toMatchObject({ email: 'ada@example.com' });
  });

  test('is no pass, and a pass is no half pass', async () => {
    expect(await createVerifyPass({ ...domain, now: () => at(1) })(await make(proof))).toEqual(invalid);
    const { accessToken } = await createGrant(domain)({ site: domain.site, subject: 'visitor' }, ['otp']);
    expect(await verifyAt(1)(accessToken)).toEqual(invalid);
  });

  test('of another deployment, edited, of another type or without its claims is none', async () => {
    const token = await make(proof);
    expect(await createVerifyHalfPass({ ...createDomain(), now: () => at(1) })(token)).toEqual(invalid);
    expect(await createVerifyHalfPass({ ...domain, issuer: 'https://other.example', now: () => at(1) })(token)).toEqual(invalid);
    expect(await verifyAt(1)(withOtherSignature(token))).toEqual(invalid);
    expect(await verifyAt(1)('')).toEqual(invalid);

    const { payload } = await jwtVerify(token, domain.indexKey.halfPass, { currentDate: at(1) });
    const sign = (claims: object, typ: string) => new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ }).sign(domain.indexKey.halfPass);
    expect(await verifyAt(1)(await sign(payload, 'daypass-half+jwt'))).toMatchObject({ ok: true });
    expect(await verifyAt(1)(await sign(payload, 'at+jwt'))).toEqual(invalid);
    const claims = ['iss', 'aud', 'sub', 'exp', 'site', 'amr', 'auth_time'];
    const without = claims.map((claim) => Object.fromEntries(Object.entries(payload).filter(([name]) => name !== claim)));
    const tokens = await Promise.all(without.map((rest) => sign(rest, 'daypass-half+jwt')));
    expect(await Promise.all(tokens.map(verifyAt(1)))).toEqual(claims.map(() => invalid));
  });
});
