import { randomBytes } from 'node:crypto';
import { guessLimit, verifyLimit } from '@daypass/core/limits/policy';
import { createSpendLimits } from '@daypass/runtime/limits/spend-limits';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { at, createDomain } from '../support/domain.ts';
import { sharedStores } from '../support/stores.ts';

const redis = new Redis(sharedStores().redisUrl);
const spend = createSpendLimits(redis);
beforeAll(() => redis.flushdb());
afterAll(() => redis.disconnect());

let subject = '';
beforeEach(() => {
  subject = randomBytes(32).toString('base64url');
});
const second = 1_000;
const hour = 3_600 * second;
const window = (max: number, windowMs: number) => ({ max, windowMs });
const limit = (name: string, ...windows: { max: number; windowMs: number }[]) => ({ name, subject, windows });
const keys = async () => (await redis.keys('*')).filter((key) => key.includes(subject));
const length = (name: string) => redis.llen(`{daypass}:limit:${name}:${subject}`);

describe('a window', () => {
  test('of 1 a minute refuses until the minute is over, to the millisecond, and says how long that is', async () => {
    const minute = [limit('address', window(1, 60 * second))];
    expect(await spend(minute, at(0))).toMatchObject({ ok: true });
    const refused = { ok: false, name: 'address', window: window(1, 60 * second) };
    expect(await spend(minute, at(0))).toEqual({ ...refused, retryAfterMs: 60_000 });
    expect(await spend(minute, at(59.999))).toEqual({ ...refused, retryAfterMs: 1 });
    expect(await spend(minute, at(60))).toMatchObject({ ok: true });
    expect(await spend(minute, at(60))).toMatchObject({ ok: false });
  });

  test.each([
    [5, hour],
    [10, 24 * hour],
    [300, 5 * 60 * second],
  ])('of %i in %i ms rolls: wherever it is laid there are no more', async (max, windowMs) => {
    const rolling = [limit('address', window(max, windowMs))];
    // A try every twentieth of what the limit allows on average, for three windows.
    const step = windowMs / (max * 20);
    const granted: number[] = [];
    for (let now = 0; now < 3 * windowMs; now += max > 100 ? step * 10 : step) {
      if ((await spend(rolling, at(now / 1000))).ok) granted.push(now);
    }
    const most = Math.max(...granted.map((from) => granted.filter((time) => time >= from && time < from + windowMs).length));
    expect(most).toBe(max);
    expect(granted).toHaveLength(3 * max);
  });

  test('that refuses is not charged: waiting as long as was said is enough', async () => {
    const minute = [limit('address', window(2, 60 * second))];
    await spend(minute, at(0));
    await spend(minute, at(30));
    for (let now = 31; now < 60; now += 1) expect(await spend(minute, at(now))).toMatchObject({ ok: false });
    expect(await spend(minute, at(60))).toMatchObject({ ok: true });
    expect(await spend(minute, at(60))).toMatchObject({ ok: false, name: 'address', retryAfterMs: 30_000 });
  });

  test('beside others: the longest wait is said', async () => {
    const [minute, hourly, daily] = [window(1, 60 * second), window(5, hour), window(10, 24 * hour)] as const;
    const paced = [limit('address', minute, hourly, daily)];
    for (let each = 0; each < 5; each += 1) expect(await spend(paced, at(each * 60))).toMatchObject({ ok: true });
    expect(await spend(paced, at(4 * 60 + 1))).toMatchObject({ ok: false, window: hourly, retryAfterMs: hour - 241 * second });
    for (let each = 5; each < 10; each += 1) expect(await spend(paced, at(3_600 + each * 60))).toMatchObject({ ok: true });
    expect(await spend(paced, at(8_000))).toMatchObject({ ok: false, window: daily, retryAfterMs: 24 * hour - 8_000 * second });
  });
});

describe('several limits', () => {
  test('are spent all or none: when one refuses, the other is not charged, whichever comes first', async () => {
    const narrow = limit('address', window(1, hour));
    const wide = limit('network', window(3, hour));
    await spend([narrow, wide], at(0));
    for (const limits of [[narrow, wide], [wide, narrow]]) {
      expect(await spend(limits, at(1))).toMatchObject({ ok: false, name: 'address' });
    }
    expect([await length('address'), await length('network')]).toEqual([1, 1]);
    for (const left of [true, true, false]) expect((await spend([wide], at(2))).ok).toBe(left);
  });

  test('of one name and different subjects do not meet', async () => {
    const one = limit('address', window(1, hour));
    const two = { ...one, subject: `${subject}2` };
    await spend([one], at(0));
    expect(await spend([two], at(0))).toMatchObject({ ok: true });
  });
});

describe('in one moment', () => {
  test('100 spends of a limit of 10 are 10', async () => {
    const ten = [limit('address', window(10, hour))];
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => spend(ten, at(0))));
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(10);
    expect(await length('address')).toBe(10);
  });

  test('100 spends from two processes whose clocks differ are 10', async () => {
    const other = new Redis(sharedStores().redisUrl);
    const spendToo = createSpendLimits(other);
    const ten = [limit('address', window(10, hour))];
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 ? spend(ten, at(0)) : spendToo(ten, at(-500)))),
    );
    other.disconnect();
    expect(verdicts.filter(({ ok }) => ok)).toHaveLength(10);
  });
});

describe('a clock that is behind', () => {
  test('never re-opens a window, and what it spends counts from the newest spend', async () => {
    const minute = [limit('address', window(2, 60 * second))];
    await spend(minute, at(100));
    expect(await spend(minute, at(-10_000))).toMatchObject({ ok: true });
    expect(await spend(minute, at(-10_000))).toMatchObject({ ok: false, name: 'address', retryAfterMs: 60_000 });
    expect(await spend(minute, at(159.999))).toMatchObject({ ok: false });
    expect(await spend(minute, at(160))).toMatchObject({ ok: true });
  });
});

describe('a refund', () => {
  test('gives back exactly what was spent', async () => {
    const limits = [limit('address', window(2, hour)), limit('network', window(5, hour))];
    await spend(limits, at(0));
    const spent = await spend(limits, at(1));
    if (!spent.ok) throw new Error('refused');
    expect(await spend(limits, at(2))).toMatchObject({ ok: false });
    await spent.refund();
    expect([await length('address'), await length('network')]).toEqual([1, 1]);
    expect(await spend(limits, at(2))).toMatchObject({ ok: true });
    expect(await spend(limits, at(2))).toMatchObject({ ok: false, name: 'address', retryAfterMs: hour - 2 * second });
  });

  test('of the only spend leaves nothing behind', async () => {
    const spent = await spend([limit('address', window(1, hour))], at(0));
    if (spent.ok) await spent.refund();
    expect(await keys()).toEqual([]);
  });

  test('by a clock that is behind gives back its own spend', async () => {
    const limits = [limit('address', window(2, hour))];
    await spend(limits, at(100));
    const spent = await spend(limits, at(0));
    if (spent.ok) await spent.refund();
    expect(await length('address')).toBe(1);
  });
});

describe('what stays in Redis', () => {
  const { indexKey } = createDomain();

  test('ends by itself, with the longest window', async () => {
    await spend([limit('address', window(1, 60 * second), window(10, hour)), limit('network', window(9, second * 9))], at(0));
    const lives = await Promise.all((await keys()).toSorted().map((key) => redis.pttl(key)));
    expect(lives).toHaveLength(2);
    expect(lives[0]).toBeGreaterThan(hour - 60 * second);
    expect(lives[0]).toBeLessThanOrEqual(hour);
    expect(lives[1]).toBeLessThanOrEqual(9 * second);
  });

  test('is no longer than what counts: what is older than the longest window is dropped when it is met', async () => {
    const three = [limit('address', window(3, hour))];
    for (let each = 0; each < 30; each += 1) await spend(three, at(each * 1_500));
    expect(await length('address')).toBe(3);
    await spend(three, at(100_000));
    expect(await length('address')).toBe(1);
  });

  test('has nothing readable in its name', async () => {
    const address = guessLimit(subject);
    await spend([address, verifyLimit(indexKey, '192.0.2.1', 60)], at(0));
    for (const name of await redis.keys('{daypass}:limit:*')) expect(name).toMatch(/^\{daypass\}:limit:[a-z-]+:[\w-]{43,44}$/);
  });
});

describe('a spend says how the limit stands', () => {
  const standing = async (now: number) => {
    const spent = await spend([limit('network', window(5, 60 * second))], at(now));
    return spent.ok ? spent.standings : 'refused';
  };

  test('how much is used, and how long until some of it is free again', async () => {
    expect(await standing(0)).toEqual([{ used: 1, relaxesInMs: 60_000 }]);
    expect(await standing(20)).toEqual([{ used: 2, relaxesInMs: 40_000 }]);
    expect(await standing(60)).toEqual([{ used: 2, relaxesInMs: 20_000 }]);
    expect(await standing(200)).toEqual([{ used: 1, relaxesInMs: 60_000 }]);
  });
});

test('when Redis cannot be asked nothing is let through, and the error says so', async () => {
  const absent = new Redis({ port: 1, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
  absent.on('error', () => undefined);
  await expect(createSpendLimits(absent)([limit('address', window(1, hour))], at(0))).rejects.toMatchObject({ code: 'unavailable' });
});
