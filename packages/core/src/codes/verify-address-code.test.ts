import { describe, expect, test } from 'vitest';
import { at, createDomain, ip, mailCode, typeAddressCode, typeCode, wrongCode } from '../../../../test/support/domain.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { guessLimit, verifyLimit, wrongCode as wrongCodeOf } from '../limits/policy.ts';
import type { ChallengeStore } from './challenge.ts';

const email = 'visitor@example.com';
const site = 'default';
const rejected = { ok: false, code: 'code_rejected' };

describe('address and code', () => {
  test('let in, however the address is written, and once', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, 'Visitor@Example.com');
    const verify = (typed: Parameters<typeof typeAddressCode>[1]) => typeAddressCode(domain, typed);
    const addressDigest = digestAddress(domain.indexKey, email);
    expect(await verify({ site, email: ' VISITOR@example.COM ', code })).toMatchObject({ ok: true, addressDigest });
    expect(await verify({ site, email, code })).toEqual(rejected);
  });

  test('let in with the code of any of the five newest challenges, and of no older one', async () => {
    const domain = createDomain();
    const mailed = [];
    for (let second = 0; second < 6; second += 1) {
      domain.time = at(second);
      mailed.push(await mailCode(domain, email));
    }
    const verify = (typed: Parameters<typeof typeAddressCode>[1]) => typeAddressCode(domain, typed);
    const [sixth, fifth] = mailed;
    expect(await verify({ site, email, code: sixth?.code ?? '' })).toEqual(rejected);
    expect(await verify({ site, email, code: fifth?.code ?? '' })).toMatchObject({ ok: true });
  });

  test('use the challenge up for its id as well', async () => {
    const domain = createDomain();
    const mailed = await mailCode(domain, email);
    await typeAddressCode(domain, { site, email, code: mailed.code });
    expect(await typeCode(domain, mailed)).toMatchObject({ code: 'code_used' });
  });
});

describe('a guess by address', () => {
  test('never costs a challenge one of its attempts', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain, email);
    for (let guess = 0; guess < 10; guess += 1) {
      expect(await typeAddressCode(domain, { site, email, code: wrongCode(code) })).toEqual(rejected);
    }
    expect((await domain.challenges.find(id))?.attempts).toBe(0);
  });

  test('is paid for by its network and from the budget of the address before anything is looked up, right, wrong or malformed', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    domain.spent = [];
    for (const typed of [wrongCode(code), 'no code', code]) {
      await typeAddressCode(domain, { site, email: email.toUpperCase(), code: typed });
    }
    const perNetwork = verifyLimit(domain.indexKey, ip, domain.site.limits.networkVerifiesPer5Minutes);
    const limits = [perNetwork, guessLimit(digestAddress(domain.indexKey, email))];
    expect(domain.spent).toEqual([limits, limits, limits]);
    expect(domain.refunds).toBe(0);
  });

  test('of an address whose codes are sealed under a key that was removed is nobody’s failure, and the code works when the key is back', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    const { sealingKeys } = domain;
    const another = createDomain().sealingKeys.active;
    domain.sealingKeys = { active: { ...another, kid: 'another' }, all: [{ ...another, kid: 'another' }] };
    expect(await typeAddressCode(domain, { site, email, code })).toEqual(rejected);
    expect(domain.wrongCodes).toEqual([wrongCodeOf(domain.site)]);
    domain.sealingKeys = sealingKeys;
    expect(await typeAddressCode(domain, { site, email, code })).toMatchObject({ ok: true });
  });

  test('that is wrong is a failure of the address if it had a code to miss, of the site in any case, and of nobody if it is none', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    await typeAddressCode(domain, { site, email, code: wrongCode(code) });
    await typeAddressCode(domain, { site, email: 'nobody@example.com', code });
    await typeAddressCode(domain, { site, email, code: 'none' });
    const addressDigest = digestAddress(domain.indexKey, email);
    expect(domain.wrongCodes).toEqual([wrongCodeOf(domain.site, addressDigest), wrongCodeOf(domain.site)]);
    await typeAddressCode(domain, { site, email, code });
    expect(domain.forgotten).toEqual([addressDigest]);
  });

  test('without budget is refused, even with the right code, and looks nothing up', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    domain.refusal = { ok: false, name: 'address-guess', retryAfterMs: 59_001 };
    const challenges = { ...domain.challenges, live: () => Promise.reject(new Error('looked up')) };
    const refused = await typeAddressCode({ ...domain, challenges }, { site, email, code });
    expect(refused).toEqual({ ok: false, code: 'too_many_requests', retryAfterSeconds: 60, limit: 'address-guess' });
  });
});

describe('every failure is the same', () => {
  test.each([
    ['no address', { email: 'nobody' }],
    ['an address without a challenge', { email: 'other@example.com' }],
    ['no site', { site: 'nowhere' }],
    ['another site', { site: 'other' }],
    ['no code', { code: '' }],
    ['a code of another format', { code: '123456' }],
  ])('%s', async (_what, edit) => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    expect(await typeAddressCode(domain, { site, email, code, ...edit })).toEqual(rejected);
  });

  test('an expired code', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    domain.time = at(900);
    expect(await typeAddressCode(domain, { site, email, code })).toEqual(rejected);
  });

  test('an exhausted challenge', async () => {
    const domain = createDomain();
    const { id, code } = await mailCode(domain, email);
    for (let guess = 0; guess < 5; guess += 1) await typeCode(domain, { id, code: wrongCode(code) });
    expect(await typeAddressCode(domain, { site, email, code })).toEqual(rejected);
  });

  test('a challenge that was edited in the database', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, 'eve@example.com');
    const addressDigest = digestAddress(domain.indexKey, email);
    const live: ChallengeStore['live'] = async (_site, _digest, now) =>
      (await domain.challenges.live(site, digestAddress(domain.indexKey, 'eve@example.com'), now, 5)).map((found) => ({
        ...found,
        addressDigest,
      }));
    const challenges = { ...domain.challenges, live };
    expect(await typeAddressCode({ ...domain, challenges }, { site, email, code })).toEqual(rejected);
  });

  test('a code that somebody else uses in the same moment', async () => {
    const domain = createDomain();
    const { code } = await mailCode(domain, email);
    const verify = (typed: Parameters<typeof typeAddressCode>[1]) => typeAddressCode(domain, typed);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify({ site, email, code })));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.filter(({ ok }) => !ok)).toEqual(Array.from({ length: 19 }, () => rejected));
  });
});
