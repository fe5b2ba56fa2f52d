import { randomUUID } from 'node:crypto';
import { createSharedPace } from '@daypass/runtime/shared-pace';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { sharedStores } from '../support/stores.ts';
import { startSystem } from '../support/system.ts';

let redis: Redis;
beforeAll(() => {
  redis = new Redis(sharedStores().redisUrl);
});
afterAll(() => redis.disconnect());

const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms);

test('turns of all processes together are as far apart as the pace says, and each asker has one', async () => {
  const name = randomUUID();
  const [one, other] = [createSharedPace(redis, name), createSharedPace(redis, name)];
  const waits = await Promise.all([one.turn('a', 10, at(0)), other.turn('b', 10, at(0)), one.turn('c', 10, at(0))]);
  expect(waits).toEqual([0, 100, 200]);
  expect(await other.turn('c', 10, at(150))).toBe(50);
  expect(await one.turn('c', 10, at(200))).toBe(0);
  expect(await one.turn('d', 10, at(200))).toBe(100);
});

test('a pace that was not used is not saved up', async () => {
  const pace = createSharedPace(redis, randomUUID());
  await pace.turn('a', 10, at(0));
  expect(await Promise.all(['b', 'c'].map((who) => pace.turn(who, 10, at(60_000))))).toEqual([0, 100]);
});

test('places are as many as there are, of all processes together, and are given back', async () => {
  const name = randomUUID();
  const [one, other] = [createSharedPace(redis, name), createSharedPace(redis, name)];
  const taken = await Promise.all([one.place('a', 2, () => at(0)), other.place('b', 2, () => at(0)), one.place('c', 2, () => at(0))]);
  expect(taken.map((place) => place !== undefined)).toEqual([true, true, false]);
  taken[0]?.();
  await expect.poll(() => one.place('c', 2, () => at(0))).toBeDefined();
  taken[1]?.();
});

test('the place of a process that is gone is free after half a minute', async () => {
  const pace = createSharedPace(redis, randomUUID());
  expect(await pace.place('gone', 1, () => at(0))).toBeDefined();
  expect(await pace.place('next', 1, () => at(29_999))).toBeUndefined();
  (await pace.place('next', 1, () => at(30_001)))?.();
});

test('two workers together keep the pace and the connections of a server', async () => {
  const smtp = await startScriptedSmtp(() => undefined);
  const system = await startSystem({ workers: 2, env: { SMTP_URL: `${smtp.url}?perSecond=10&connections=2` } });
  try {
    const visitors = Array.from({ length: 40 }, () => system.visitor());
    await Promise.all(visitors.map((visitor) => visitor.ask()));
    await expect.poll(() => smtp.accepted.length, { timeout: 30_000 }).toBe(40);
    const times = smtp.accepted.map(({ atMs }) => atMs);
    // 39 intervals of 100 ms; the first may have been accepted late.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(2_500);
    expect(smtp.mostConnections()).toBeLessThanOrEqual(2);
  } finally {
    await system.stop();
    await smtp.stop();
  }
});
