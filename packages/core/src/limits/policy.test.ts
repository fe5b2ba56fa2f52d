import { describe, expect, test } from 'vitest';
import { createDomain } from '../../../../test/support/domain.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { enrolmentLimit, guessLimit, requestLimits, resendLimits, verifyLimit, wrongCode } from './policy.ts';
import { quotaOfNetwork, quotasOfRequest } from './quota.ts';
import { refuseByLimit } from './refuse-by-limit.ts';

const { indexKey, site } = createDomain();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const addressDigest = digestAddress(indexKey, 'ada@example.com');
const asker = { site, addressDigest, ip: '192.0.2.1' };

describe('the limits of a request', () => {
  const limits = requestLimits(indexKey, asker);

  test('are those that are documented', () => {
    const paced = [
      { max: 1, windowMs: minute },
      { max: 5, windowMs: hour },
    ];
    expect(limits.rules).toMatchObject({
      address: { strangers: [...paced, { max: 6, windowMs: day }], holders: [{ max: 10, windowMs: day }], holdersOwn: paced, kept: { max: 4, windowMs: day } },
      network: { max: 300, windowMs: 5 * minute },
      site: { site: 'default', max: 6_000, windowMs: minute },
      wrongCodes: { site: 'default', max: 10_000, windowMs: day },
      wait: { fromFailures: 100, firstMs: 15 * minute, longestMs: day, step: 5 },
      proof: { rule: 'when needed', networkFree: 30, failures: 10 },
    });
    expect(verifyLimit(indexKey, '192.0.2.1', 60).windows).toEqual([{ max: 60, windowMs: 5 * minute }]);
    expect(guessLimit(addressDigest).windows).toEqual([{ max: 10, windowMs: day }]);
    expect(enrolmentLimit(indexKey, '192.0.2.1').windows).toEqual([{ max: 10, windowMs: 5 * minute }]);
    expect(wrongCode(site, addressDigest)).toMatchObject({ addressDigest, failuresEndAfterMs: 30 * day });
  });

  test('are those of the site', () => {
    const figures = {
      addressPauseSeconds: 30,
      addressPerHour: 7,
      addressPerDay: 20,
      addressKeptForHolder: 5,
      networkFreePer5Minutes: 100,
      networkPer5Minutes: 900,
      networkVerifiesPer5Minutes: 500,
      sitePerMinute: 60_000,
      siteWrongCodesPerDay: 5,
    };
    const own = requestLimits(indexKey, { ...asker, site: { ...site, id: 'busy', limits: figures, proofOfWork: 'always' } });
    const paced = [
      { max: 1, windowMs: minute / 2 },
      { max: 7, windowMs: hour },
    ];
    expect(own.rules).toMatchObject({
      address: { strangers: [...paced, { max: 15, windowMs: day }], holders: [{ max: 20, windowMs: day }], holdersOwn: paced, kept: { max: 5, windowMs: day } },
      network: { max: 900, windowMs: 5 * minute },
      site: { site: 'busy', max: 60_000 },
      wrongCodes: { site: 'busy', max: 5 },
      proof: { rule: 'always', networkFree: 100 },
    });
    expect(requestLimits(indexKey, { ...asker, site: { ...site, proofOfWork: 'off' } }).rules.proof.rule).toBe('never');
  });

  test('have the same rules for everybody at a site, and others when the site has changed', () => {
    expect(requestLimits(indexKey, { ...asker, ip: '192.0.2.2' }).rules).toBe(limits.rules);
    expect(requestLimits(indexKey, { ...asker, site: { ...site } }).rules).not.toBe(limits.rules);
  });

  test('hold nothing readable of address or network', () => {
    expect(JSON.stringify([limits, verifyLimit(indexKey, '192.0.2.1', 60), guessLimit(addressDigest)])).not.toMatch(/192|ada|example/);
    for (const digest of [limits.addressDigest, limits.networkDigest]) expect(digest).toMatch(/^[\w-]{43}$/);
  });

  test('are one for a whole /64 and one for each IPv4 address', () => {
    const subject = (ip: string) => requestLimits(indexKey, { ...asker, ip }).networkDigest;
    expect(subject('2001:db8::1')).toBe(subject('2001:db8::2'));
    expect(subject('2001:db8:0:1::1')).not.toBe(subject('2001:db8::1'));
    expect(subject('192.0.2.1')).toBe(subject('::ffff:192.0.2.1'));
    expect(subject('192.0.2.1')).not.toBe(subject('192.0.2.2'));
  });

  test('are spent by a resend too, which gives no new guesses: it needs no proof and waits for no failures', () => {
    const always = { ...asker, site: { ...site, proofOfWork: 'always' as const } };
    const { rules, ...digests } = requestLimits(indexKey, always);
    const { wait: _, proof, ...same } = rules;
    expect(resendLimits(indexKey, always)).toEqual({ ...digests, rules: { ...same, proof: { ...proof, rule: 'never' } } });
  });
});

describe('a caller is told', () => {
  const limits = requestLimits(indexKey, asker);

  test('the pause for the address, not how often others asked for it, and what their own network has left', () => {
    expect(quotasOfRequest(limits, { used: 12, relaxesInMs: 100_001 })).toEqual([
      { policy: 'address', max: 1, windowSeconds: 60, left: 0, resetSeconds: 60 },
      { policy: 'network', max: 300, windowSeconds: 300, left: 288, resetSeconds: 101 },
    ]);
  });

  test('never that less than nothing is left', () => {
    expect(quotaOfNetwork(limits, { used: 301, relaxesInMs: 1 })).toMatchObject({ left: 0, resetSeconds: 1 });
  });

  test('which window is full, and nothing of a window where it is a wait', () => {
    const window = { max: 6, windowMs: day };
    expect(refuseByLimit({ ok: false, name: 'address', window, retryAfterMs: 60_001 })).toMatchObject({
      code: 'too_many_requests',
      retryAfterSeconds: 61,
      quotas: [{ policy: 'address', max: 6, windowSeconds: 86_400, left: 0, resetSeconds: 61 }],
    });
    expect(refuseByLimit({ ok: false, name: 'address-failures', retryAfterMs: 1 })).not.toHaveProperty('quotas');
  });
});
