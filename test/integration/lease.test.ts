import { randomBytes } from 'node:crypto';
import { createLeases } from '@daypass/runtime/lease';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { sharedStores } from '../support/stores.ts';

const redis = new Redis(sharedStores().redisUrl);
afterAll(() => redis.disconnect());
const takeLease = createLeases(redis, 60_000);
const someName = () => `test-${randomBytes(6).toString('hex')}`;

test('of 50 that take a lease in one moment one holds it', async () => {
  const name = someName();
  const taken = await Promise.all(Array.from({ length: 50 }, () => takeLease(name)));
  expect(taken.filter((release) => release !== undefined)).toHaveLength(1);
});

test('a lease that is released can be taken again, and others were never in its way', async () => {
  const name = someName();
  const release = await takeLease(name);
  expect(await takeLease(name)).toBeUndefined();
  expect(await takeLease(`${name}.2`)).toBeDefined();
  await release?.();
  expect(await takeLease(name)).toBeDefined();
});

test('a lease ends by itself when its holder dies', async () => {
  const name = someName();
  const takeShortLease = createLeases(redis, 1_000);
  expect(await takeShortLease(name)).toBeDefined();
  expect(await takeShortLease(name)).toBeUndefined();
  await expect.poll(() => takeShortLease(name), { interval: 20 }).toBeDefined();
});

test('whoever comes back late does not release what is somebody else’s by now', async () => {
  const name = someName();
  const late = await createLeases(redis, 20)(name);
  await expect.poll(() => takeLease(name), { interval: 5 }).toBeDefined();
  await late?.();
  expect(await takeLease(name)).toBeUndefined();
});

test('a lease that cannot be given back is no error: it ends by itself', async () => {
  const connection = new Redis(sharedStores().redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  const release = await createLeases(connection, 1_000)(someName());
  connection.disconnect();
  await expect(release?.()).resolves.toBeUndefined();
});
