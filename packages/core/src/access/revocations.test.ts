import { beforeEach, describe, expect, test } from 'vitest';
import { at, createDomain, type Domain } from '../../../../test/support/domain.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { makeDeviceToken } from './device-token.ts';
import { createEndPasses } from './end-passes.ts';
import { createGrant } from './grant.ts';
import { createMakeHalfPass, createVerifyHalfPass } from './half-pass.ts';
import { findDevice } from './known-device.ts';
import { createVerifyPass, type Pass } from './verify-pass.ts';

let domain: Domain;
beforeEach(() => {
  domain = createDomain();
});

const invalid = { ok: false, code: 'pass_invalid' };
const tokenOf = async (address = 'ada@example.com', site = domain.site) => {
  const visitor = { site, addressDigest: digestAddress(domain.indexKey, address) };
  return (await createGrant(domain)(visitor, ['email'])).accessToken;
};
const verify = (token: string) => createVerifyPass(domain)(token);
const passOf = async (token: string) => {
  const pass = await verify(token);
  if (!pass.ok) throw new Error('no pass');
  return pass satisfies Pass;
};

describe('a pass that was taken back', () => {
  test('is invalid, and the other one of the same visitor is not', async () => {
    const [first, second] = [await tokenOf(), await tokenOf()];
    await domain.revocations.endPass(await passOf(first));
    expect(await verify(first)).toEqual(invalid);
    expect(await verify(second)).toMatchObject({ ok: true });
  });

  test('with all others of its visitor is invalid like them; a later one, and those of others, are valid', async () => {
    const [first, second, other] = [await tokenOf(), await tokenOf(), await tokenOf('bob@example.com')];
    const elsewhere = await tokenOf('ada@example.com', domain.otherSite);
    await domain.revocations.endVisitor(await passOf(first));
    expect(await verify(first)).toEqual(invalid);
    expect(await verify(second)).toEqual(invalid);
    expect(await verify(other)).toMatchObject({ ok: true });
    expect(await verify(elsewhere)).toMatchObject({ ok: true });
    domain.time = at(1);
    expect(await verify(await tokenOf())).toMatchObject({ ok: true });
  });

  test('counts from the pass itself where the clock that takes it back is behind the one that made it', async () => {
    domain.time = at(30);
    const token = await tokenOf();
    const pass = await passOf(token);
    domain.time = at(0);
    await domain.revocations.endVisitor(pass);
    domain.time = at(31);
    expect(await verify(token)).toEqual(invalid);
  });
});

test('with the passes of a visitor their browsers are unknown again at the site, and at all where the pass says the address', async () => {
  const revoked: [whose: string, at: Date][] = [];
  const endPasses = createEndPasses({ ...domain, revokeDevices: async (...said) => void revoked.push(said) });
  const addressDigest = digestAddress(domain.indexKey, 'ada@example.com');
  const token = makeDeviceToken(domain.indexKey, addressDigest, at(0), domain.randomBytes);
  const known = findDevice(domain.indexKey, { site: domain.site, addressDigest }, token, at(0));
  const pass = await passOf(await tokenOf());
  await endPasses(pass);
  expect(revoked).toEqual([[known?.visitor, at(0)]]);
  revoked.length = 0;
  await endPasses({ ...pass, issuedAt: at(30), email: 'Ada@Example.com' });
  expect(revoked).toEqual([
    [known?.visitor, at(30)],
    [addressDigest, at(30)],
  ]);
});

test('half a pass ends with the passes of its visitor', async () => {
  const pass = await passOf(await tokenOf());
  const half = await createMakeHalfPass(domain)({ ...pass, provenAt: at(0) });
  expect(await createVerifyHalfPass(domain)(half)).toMatchObject({ ok: true });
  await domain.revocations.endVisitor(pass);
  expect(await createVerifyHalfPass(domain)(half)).toEqual(invalid);
});

test('where it cannot be known whether a pass was taken back, it is not let through', async () => {
  const token = await tokenOf();
  const away = Object.assign(new Error('away'), { code: 'unavailable' });
  const verifyBlind = createVerifyPass({ ...domain, revocations: { include: async () => { throw away; } } });
  await expect(verifyBlind(token)).rejects.toBe(away);
});
