import { randomBytes } from 'node:crypto';
import { createLeases } from '@daypass/runtime/lease';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { sharedStores } from '../support/stores.ts';

const redis = new Redis(sharedStores().redisUrl);
afterAll(() => redis.disconnect());
const takeLease = createLeases(redis, { ttlMs: 60_000 });
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
  const takeShortLease = createLeases(redis, { ttlMs: 1_000 });
  expect(await takeShortLease(name)).toBeDefined();
  expect(await takeShortLease(name)).toBeUndefined();
  await expect.poll(() => takeShortLease(name), { interval: 20 }).toBeDefined();
});

test('a lease outlasts its time while its holder works, and ends soon when it is not renewed any more', async () => {
  const name = someName();
  const ttlMs = 1_600;
  expect(await createLeases(redis, { ttlMs, renewedForMs: 2 * ttlMs })(name)).toBeDefined();
  const takenAt = performance.now();
  await expect.poll(() => performance.now() - takenAt, { interval: 20 }).toBeGreaterThan(1.25 * ttlMs);
  expect(await takeLease(name)).toBeUndefined();
  // Forgotten: nobody releases it.
  await expect.poll(() => takeLease(name), { interval: 20 }).toBeDefined();
});

test('a lease that ended and is somebody else’s is not renewed by who held it', async () => {
  const name = someName();
  await createLeases(redis, { ttlMs: 400, renewedForMs: 5_000 })(name);
  await redis.set(`{daypass}:lease:${name}`, 'somebody else', 'PX', 600);
  await expect.poll(() => takeLease(name), { interval: 20, timeout: 3_000 }).toBeDefined();
});

test('whoever comes back late does not release what is somebody else’s by now', async () => {
  const name = someName();
  const late = await createLeases(redis, { ttlMs: 20 })(name);
  await expect.poll(() => takeLease(name), { interval: 5 }).toBeDefined();
  await late?.();
  expect(await takeLease(name)).toBeUndefined();
});

test('a lease that cannot be given back is no error: it ends by itself', async () => {
  const connection = new Redis(sharedStores().redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => null });
  const release = await createLeases(connection, { ttlMs: 1_000 })(someName());
  connection.disconnect();
  await expect(release?.()).resolves.toBeUndefined();
});
