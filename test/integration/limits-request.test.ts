import { askSpendRequest, createSpendRequest } from '@daypass/runtime/limits/spend-request';
import { requestLimits } from '@daypass/core/limits/policy';
import { Redis } from 'ioredis';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { at, createDomain } from '../support/domain.ts';
import { anotherAddress, countsIn, createLimitedSite, randomIp } from '../support/limits.ts';
import { sharedStores } from '../support/stores.ts';

const redis = new Redis(sharedStores().redisUrl);
beforeEach(() => redis.flushdb());
afterAll(() => redis.disconnect());

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const spent = { verdict: 'spent' };
const refusedBy = (name: string, retryAfterMs?: number) => ({
  verdict: 'refused',
  ok: false,
  name,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
});
const proofWanted = { verdict: 'proof wanted' };

describe('a stranger', () => {
  test('has one mail a minute sent to an address, five an hour and six a day', async () => {
    const { ask } = createLimitedSite(redis);
    expect(await ask(0)).toMatchObject(spent);
    expect(await ask(59.999)).toMatchObject({ ...refusedBy('address', 1), window: { max: 1, windowMs: 60_000 } });
    for (let mail = 1; mail < 5; mail += 1) expect(await ask(mail * minute)).toMatchObject(spent);
    expect(await ask(5 * minute)).toMatchObject({ ...refusedBy('address', (hour - 5 * minute) * 1000), window: { max: 5 } });
    expect(await ask(hour)).toMatchObject(spent);
    expect(await ask(3 * hour)).toMatchObject({ ...refusedBy('address', 21 * hour * 1000), window: { max: 6 } });
    expect(await ask(day)).toMatchObject(spent);
  });

  test('has none sent where a known browser had the six sent', async () => {
    const { ask } = createLimitedSite(redis);
    for (let mail = 0; mail < 6; mail += 1) expect(await ask(mail * hour, { deviceOf: -1 })).toMatchObject(spent);
    expect(await ask(8 * hour)).toMatchObject(refusedBy('address'));
  });

  test('meets the same limit at every site', async () => {
    const { ask, addressDigest } = createLimitedSite(redis);
    const { ask: askElsewhere } = createLimitedSite(redis);
    await ask(0);
    expect(await askElsewhere(1, { address: addressDigest })).toMatchObject(refusedBy('address'));
  });

  test('finds the limits of the site', async () => {
    const { ask } = createLimitedSite(redis, { addressPauseSeconds: 10, addressPerHour: 2, addressPerDay: 3, addressKeptForHolder: 0 });
    for (const time of [0, 10]) expect(await ask(time)).toMatchObject(spent);
    expect(await ask(20)).toMatchObject(refusedBy('address'));
    expect(await ask(hour)).toMatchObject(spent);
    expect(await ask(2 * hour)).toMatchObject(refusedBy('address'));
  });
});

describe('a known browser', () => {
  const known = { deviceOf: -day };

  test('gets the four of ten that are kept for it, whatever a stranger did: ten mails a day, and no more', async () => {
    const { ask } = createLimitedSite(redis);
    // A stranger takes everything there is to take, as soon as it is there.
    const taken: number[] = [];
    for (let time = 0; time < 2 * hour; time += 30) if ((await ask(time)).verdict === 'spent') taken.push(time);
    expect(taken).toHaveLength(6);

    const now = 2 * hour;
    for (let mail = 0; mail < 4; mail += 1) expect(await ask(now + mail * minute, known)).toMatchObject(spent);
    expect(await ask(now + 4 * minute, known)).toMatchObject({ ...refusedBy('address'), window: { max: 10 } });
  });

  test.each([
    ['lets strangers have more', { addressPerDay: 30 }],
    ['keeps nothing', { addressKeptForHolder: 0 }],
  ])('gets the four that are kept for it also where another site %s', async (_site, lax) => {
    const { ask, addressDigest } = createLimitedSite(redis);
    const { ask: askLaxSite } = createLimitedSite(redis, lax);
    let taken = 0;
    for (let time = 0; time < 8 * hour; time += minute) if ((await askLaxSite(time, { address: addressDigest })).verdict === 'spent') taken += 1;
    expect(taken).toBeGreaterThanOrEqual(10);

    const now = 8 * hour;
    for (let mail = 0; mail < 4; mail += 1) expect(await ask(now + mail * minute, known)).toMatchObject(spent);
    expect(await ask(now + 4 * minute, known)).toMatchObject({ ...refusedBy('address'), window: { max: 10 } });
    // The first of its own four is free again when it is a day old.
    expect(await ask(now + day - 1, known)).toMatchObject(spent);
  });

  test('does not wait for the minute or the hour of a stranger, and waits for its own', async () => {
    const { ask } = createLimitedSite(redis);
    for (let mail = 0; mail < 5; mail += 1) await ask(mail * minute);
    const now = 4 * minute;
    expect(await ask(now)).toMatchObject(refusedBy('address'));
    expect(await ask(now, known)).toMatchObject(spent);
    expect(await ask(now + 59, known)).toMatchObject(refusedBy('address', 1_000));

    const { ask: askAlone } = createLimitedSite(redis);
    for (let mail = 0; mail < 5; mail += 1) expect(await askAlone(mail * minute, known)).toMatchObject(spent);
    expect(await askAlone(5 * minute, known)).toMatchObject({ ...refusedBy('address'), window: { max: 5, windowMs: 3_600_000 } });
  });

  test.each(['address', 'visitor'] as const)('is a stranger again when its token was issued before the %s revoked it, and not when it was issued after', async (whose) => {
    const { ask, revokeDevices } = createLimitedSite(redis);
    for (let mail = 0; mail < 6; mail += 1) await ask(mail * hour);
    await revokeDevices(6 * hour, whose);
    expect(await ask(6 * hour, known)).toMatchObject(refusedBy('address'));
    expect(await ask(6 * hour, { deviceOf: 6 * hour })).toMatchObject(refusedBy('address'));
    expect(await ask(6 * hour + 2, { deviceOf: 6 * hour + 1 })).toMatchObject(spent);
  });
});

describe('a network', () => {
  test('needs a proof past 30 requests, each once, and is refused past 300', async () => {
    const { ask } = createLimitedSite(redis);
    const next = (solved?: string) => ask(0, { address: anotherAddress(), ...(solved !== undefined && { solved }) });
    for (let each = 0; each < 30; each += 1) expect(await next()).toMatchObject({ ...spent, proven: false });
    expect(await next()).toMatchObject({ ...proofWanted, requests: 30, network: { used: 31 } });
    expect(await next('one')).toMatchObject({ ...spent, proven: true, network: { used: 32 } });
    expect(await next('one')).toMatchObject(proofWanted);
    for (let each = 33; each < 300; each += 1) await next(`solved-${each}`);
    expect(await next('last')).toMatchObject(refusedBy('network', 5 * minute * 1000));
    expect(await ask(5 * minute, { solved: 'last' })).toMatchObject(spent);
  });

  test('asked for a proof is charged, and the address is not', async () => {
    const { ask, addressDigest } = createLimitedSite(redis, { networkFreePer5Minutes: 0 });
    expect(await ask(0)).toMatchObject({ ...proofWanted, network: { used: 1 } });
    expect(Object.keys(await countsIn(redis)).filter((key) => key.includes(addressDigest))).toEqual([]);
    expect(await ask(0, { solved: 'one' })).toMatchObject({ ...spent, network: { used: 2 } });
  });

  test('with one proof sent a hundred times at once gets one mail', async () => {
    const { ask } = createLimitedSite(redis, { networkFreePer5Minutes: 0 });
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => ask(0, { address: anotherAddress(), solved: 'one' })));
    expect(verdicts.filter(({ verdict }) => verdict === 'spent')).toHaveLength(1);
  });
});

describe('a proof of work', () => {
  test('is needed always where the site wants it', async () => {
    const { ask } = createLimitedSite(redis, {}, 'always');
    expect(await ask(0)).toMatchObject(proofWanted);
    expect(await ask(0, { solved: 'one' })).toMatchObject({ ...spent, proven: true });
  });

  test('is never needed where it is off', async () => {
    const { ask, miss } = createLimitedSite(redis, { networkFreePer5Minutes: 0, siteWrongCodesPerDay: 1 }, 'off');
    for (let each = 0; each < 20; each += 1) await miss(0);
    expect(await ask(0)).toMatchObject({ ...spent, proven: false });
  });

  test('that was not needed is not used up', async () => {
    const { ask } = createLimitedSite(redis, { networkFreePer5Minutes: 1 });
    expect(await ask(0, { solved: 'one' })).toMatchObject({ ...spent, proven: false });
    expect(await ask(0, { address: anotherAddress(), solved: 'one' })).toMatchObject({ ...spent, proven: true });
  });

  test('is not asked of who is refused anyway', async () => {
    const { ask } = createLimitedSite(redis, {}, 'always');
    await ask(0, { solved: 'one' });
    expect(await ask(1, { solved: 'two' })).toMatchObject(refusedBy('address'));
    expect(await ask(minute, { solved: 'two' })).toMatchObject(spent);
  });
});

describe('failures of an address', () => {
  test('from ten on make new challenges need a proof, from whatever network; a success clears them', async () => {
    const { ask, miss, forgetFailures } = createLimitedSite(redis);
    for (let each = 0; each < 9; each += 1) await miss(0);
    expect(await ask(0)).toMatchObject({ ...spent, proven: false });
    await miss(0);
    expect(await ask(minute, { ip: randomIp() })).toMatchObject(proofWanted);
    expect(await ask(minute, { deviceOf: -1 })).toMatchObject(proofWanted);
    forgetFailures();
    expect(await ask(minute)).toMatchObject(spent);
  });

  test('from a hundred on make strangers wait, ever longer up to a day, and known browsers not', async () => {
    const { ask, miss } = createLimitedSite(redis, { addressPerDay: 20 }, 'off');
    let failures = 0;
    const missUpTo = async (count: number, time: number) => {
      for (; failures < count; failures += 1) await miss(time);
    };
    await missUpTo(99, 0);
    expect(await ask(1)).toMatchObject(spent);
    const waits: [failures: number, minutes: number][] = [[100, 15], [104, 15], [105, 30], [110, 60], [115, 120], [130, 960], [135, 1_440], [500, 1_440]];
    // Each an hour after the one before, so that the known browser waits for nothing of its own.
    for (const [index, [count, minutes]] of waits.entries()) {
      const last = (index + 1) * hour;
      await missUpTo(count, last);
      expect(await ask(last + 61, { ip: randomIp() })).toEqual(refusedBy('address-failures', minutes * 60_000 - 61_000));
      expect(await ask(last + 61, { ip: randomIp(), deviceOf: -1 })).toMatchObject(spent);
    }
    const last = waits.length * hour;
    expect(await ask(last + day - 1)).toMatchObject(refusedBy('address-failures', 1_000));
    expect(await ask(last + day)).toMatchObject(spent);
  });

  test('are counted for all sites together, and end thirty days after the last', async () => {
    const { ask, miss, addressDigest } = createLimitedSite(redis);
    const elsewhere = createLimitedSite(redis);
    for (let each = 0; each < 5; each += 1) await Promise.all([miss(0), elsewhere.miss(0, addressDigest)]);
    expect(await ask(0)).toMatchObject(proofWanted);
    const life = await redis.pttl(`{daypass}:failures:${addressDigest}`);
    expect(life).toBeGreaterThan((30 * day - 60) * 1000);
    expect(life).toBeLessThanOrEqual(30 * day * 1000);
  });
});

describe('a site', () => {
  test('takes so many requests a minute, wherever the minute is laid, and at the latest a 24th of it later again', async () => {
    const { ask } = createLimitedSite(redis, { sitePerMinute: 50 });
    const next = (seconds: number) => ask(seconds, { address: anotherAddress(), ip: randomIp() });
    const granted: number[] = [];
    for (let time = 0; time < 4 * minute; time += 0.7) if ((await next(time)).verdict === 'spent') granted.push(time);
    const most = Math.max(...granted.map((from) => granted.filter((time) => time >= from && time < from + minute).length));
    expect(most).toBe(50);
    expect(granted.length).toBeGreaterThanOrEqual(4 * 48);

    const refused = await next(4 * minute - 30);
    if (refused.verdict !== 'refused') throw new Error('not refused');
    expect(refused).toMatchObject({ ...refusedBy('site'), window: { max: 50, windowMs: 60_000 } });
    expect(await next(4 * minute - 30 + refused.retryAfterMs / 1000)).toMatchObject(spent);
  });

  test('past its budget of wrong codes needs a proof of everybody, says so once, and relaxes by itself, which it says once', async () => {
    const { ask, miss, told, site } = createLimitedSite(redis, { siteWrongCodesPerDay: 20 });
    const next = (seconds: number) => ask(seconds, { address: anotherAddress(), ip: randomIp() });
    for (let wrong = 0; wrong < 19; wrong += 1) await miss(wrong * minute, anotherAddress());
    expect(await next(20 * minute)).toMatchObject(spent);
    await Promise.all(Array.from({ length: 10 }, () => miss(20 * minute, anotherAddress())));
    expect(told).toEqual([`${site.id} spent`]);
    expect(await next(21 * minute)).toMatchObject({ ...proofWanted, wrongCodes: 29 });
    expect(await next(day)).toMatchObject(proofWanted);
    const verdicts = await Promise.all(Array.from({ length: 10 }, () => next(day + 2 * hour)));
    for (const verdict of verdicts) expect(verdict).toMatchObject(spent);
    expect(told).toEqual([`${site.id} spent`, `${site.id} relaxed`]);
    expect(await redis.exists(`{daypass}:wrong-codes:${site.id}`)).toBe(0);
  });

  test('may spend its budget again after it has relaxed', async () => {
    const { miss, told, site } = createLimitedSite(redis, { siteWrongCodesPerDay: 3 });
    for (let wrong = 0; wrong < 5; wrong += 1) await miss(0, anotherAddress());
    for (let wrong = 0; wrong < 5; wrong += 1) await miss(2 * day, anotherAddress());
    expect(told).toEqual(['spent', 'relaxed', 'spent'].map((state) => `${site.id} ${state}`));
  });
});

describe('all or nothing', () => {
  const full = { addressPerHour: 1_000, addressPerDay: 1_000, addressPauseSeconds: 1, networkFreePer5Minutes: 1_000 };

  test.each([
    ['the address', { addressPerDay: 5, addressKeptForHolder: 0 }],
    ['the network', { networkPer5Minutes: 5 }],
    ['the site', { sitePerMinute: 5 }],
  ])('when %s refuses nothing is charged', async (_what, limits) => {
    const { ask } = createLimitedSite(redis, { ...full, ...limits });
    for (let each = 0; each < 5; each += 1) expect(await ask(each)).toMatchObject(spent);
    const before = await countsIn(redis);
    for (let each = 5; each < 20; each += 1) expect(await ask(each / 2, { solved: 'one' })).toMatchObject({ verdict: 'refused' });
    expect(await countsIn(redis)).toEqual(before);
  });

  test('a refund gives everything back, the proof too', async () => {
    const { ask } = createLimitedSite(redis, {}, 'always');
    await ask(0, { solved: 'first', deviceOf: -1 });
    const before = await countsIn(redis);
    const verdict = await ask(minute, { solved: 'one', deviceOf: -1 });
    if (verdict.verdict !== 'spent') throw new Error('not spent');
    await verdict.refund();
    expect(await countsIn(redis)).toEqual(before);
    expect(await ask(minute, { solved: 'one', deviceOf: -1 })).toMatchObject(spent);
  });

  test('a refund after the minute has moved on takes nothing below nothing', async () => {
    const { ask, site } = createLimitedSite(redis);
    const verdict = await ask(0);
    await ask(10 * minute, { address: anotherAddress() });
    if (verdict.verdict === 'spent') await verdict.refund();
    expect(await redis.hget(`{daypass}:limit:site:${site.id}`, 'sum')).toBe('1');
  });

  test('when Redis cannot be asked nothing is let through, and the error says so', async () => {
    const absent = new Redis({ port: 1, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    absent.on('error', () => undefined);
    const { indexKey, site } = createDomain();
    const limits = requestLimits(indexKey, { site, addressDigest: 'digest', ip: '192.0.2.1' });
    await expect(createSpendRequest(absent, askSpendRequest(absent), () => undefined)(limits, { now: at(0) })).rejects.toMatchObject({ code: 'unavailable' });
  });
});
