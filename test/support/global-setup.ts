import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildElement } from '@daypass/tools/build-element';
import { startMongo } from '@daypass/tools/stores/mongo-engine';
import { startRedis } from '@daypass/tools/stores/redis-server';
import { Redis } from 'ioredis';
import type { TestProject } from 'vitest/node';

/** Brings up the stores: private ones, or those that REDIS_URL and MONGODB_URL name. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildElement();
  const dir = await mkdtemp(join(tmpdir(), 'daypass-test-'));
  const given = { redis: process.env['REDIS_URL'], mongo: process.env['MONGODB_URL'] };
  if (given.redis) await insistOnEmpty(given.redis);

  const redis = given.redis ? undefined : await startRedis({ dataDir: join(dir, 'redis'), appendfsync: 'no' });
  const mongo = given.mongo ? undefined : await startMongo({ dataDir: join(dir, 'mongo') });
  project.provide('stores', {
    redisUrl: redis?.url ?? given.redis ?? '',
    mongodbUrl: mongo?.url('DATABASE') ?? withDatabase(given.mongo ?? '', 'DATABASE'),
    ...(redis && { redisDir: redis.dataDir }),
    ...(mongo && { mongoDir: mongo.dataDir }),
  });

  return async () => {
    await Promise.all([redis?.stop(), mongo?.stop()]);
    await rm(dir, { recursive: true, force: true });
  };
}

/** The tests flush what they use: that must not be somebody's data. */
async function insistOnEmpty(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  const size = await redis.dbsize();
  redis.disconnect();
  if (size > 0) throw new Error('REDIS_URL has data in it: give the tests an empty database, such as redis://host/15');
}

/** Swaps the database in a connection string: tests make their own and drop them. */
function withDatabase(url: string, database: string): string {
  return url.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${database}`);
}
