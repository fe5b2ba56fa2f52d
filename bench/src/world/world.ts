import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startMongo, type MongoEngine } from '@daypass/tools/stores/mongo-engine';
import { startRedis } from '@daypass/tools/stores/redis-server';
import { Redis } from 'ioredis';

/** What every row stands on: private stores of this run, started once. */
export interface World {
  /** Short runs: to see that everything works, not to learn a figure. */
  quick: boolean;
  /** A folder of this run, gone at its end. */
  dir: string;
  redisUrl: string;
  redisPid: number;
  mongo: MongoEngine;
  redis: Redis;
  /** Says on the terminal where it is. */
  progress(line: string): void;
  /** Empties Redis, and has it finish whatever it writes in the background. */
  resetRedis(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(quick: boolean, progress: (line: string) => void): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-bench-'));
  const [redisServer, mongo] = await Promise.all([
    startRedis({ dataDir: join(dir, 'redis') }),
    startMongo({ dataDir: join(dir, 'mongo') }),
  ]);
  const redis = new Redis(redisServer.url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined); // It goes at the end, before its last reply.
  // What is written grows its log fast enough for it to be rewritten in the middle of a measurement, by a process of its own.
  await redis.config('SET', 'auto-aof-rewrite-percentage', '0');

  return {
    quick,
    dir,
    redisUrl: redisServer.url,
    redisPid: redisServer.pid,
    mongo,
    redis,
    progress,
    async resetRedis() {
      await redis.flushall();
      // The log of what was written grows from run to run: rewritten here, or Redis would do it in a measurement.
      await untilRewritten(redis);
      await redis.bgrewriteaof();
      await untilRewritten(redis);
    },
    async stop() {
      redis.disconnect();
      await Promise.all([redisServer.stop(), mongo.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilRewritten(redis: Redis): Promise<void> {
  while (/aof_rewrite_(in_progress|scheduled):1/.test(await redis.info('persistence'))) await pause(20);
}
