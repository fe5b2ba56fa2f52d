import { setTimeout as pause } from 'node:timers/promises';
import { codeIssue } from '@daypass/jobs/code-issue';
import { queuePrefix } from '@daypass/jobs/job-type';
import { MongoClient } from 'mongodb';
import type { Deployment } from './deployment.ts';
import type { World } from './world.ts';

const longAgoMs = 2 * 86_400_000;
const sweepDeadlineMs = 5 * 60_000;
const queue = `${queuePrefix}:${codeIssue.name}`;

export interface StoreSizes {
  redisKeys: number;
  redisMb: number;
  documents: number;
  documentsMb: number;
}

export async function weighStores({ redis }: World, { mongodbUrl }: Deployment): Promise<StoreSizes> {
  const client = await new MongoClient(mongodbUrl).connect();
  const { objects, dataSize } = (await client.db().stats()) as { objects: number; dataSize: number };
  await client.close();
  const bytes = Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
  return { redisKeys: await redis.dbsize(), redisMb: bytes / 2 ** 20, documents: objects, documentsMb: dataSize / 2 ** 20 };
}

/**
 * Makes everything two days older: challenges and finished jobs by their times, for the sweeper that runs, and what ends by
 * itself by its end. Resolves when the sweeper has been; what is left then has no end.
 */
export async function letTimePass({ redis }: World, { mongodbUrl }: Deployment): Promise<void> {
  const client = await new MongoClient(mongodbUrl).connect();
  const challenges = client.db().collection('challenges');
  await challenges.updateMany({}, [{ $set: { purgeAt: { $subtract: ['$purgeAt', longAgoMs] } } }]);
  const then = Date.now() - longAgoMs;
  for (const set of ['completed', 'failed'].map((state) => `${queue}:${state}`)) {
    const ids = await redis.zrange(set, '0', '-1');
    for (let at = 0; at < ids.length; at += 1_000) {
      const pipeline = redis.pipeline();
      for (const id of ids.slice(at, at + 1_000)) pipeline.zadd(set, String(then), id).hset(`${queue}:${id}`, 'finishedOn', String(then));
      await pipeline.exec();
    }
  }
  const givenUpAt = performance.now() + sweepDeadlineMs;
  const left = async () => (await challenges.countDocuments()) + (await redis.zcard(`${queue}:completed`)) + (await redis.zcard(`${queue}:failed`));
  while ((await left()) > 0) {
    if (performance.now() > givenUpAt) throw new Error('the sweeper did not delete what is over');
    await pause(1_000);
  }
  await client.close();

  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    const ends = await Promise.all(keys.map((key) => redis.pttl(key)));
    const ending = keys.filter((_, index) => (ends[index] ?? -1) > 0);
    if (ending.length > 0) await redis.del(...ending);
    cursor = next;
  } while (cursor !== '0');
}
