import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '@daypass/tools/stores/redis-server';

export interface OwnRedis {
  url: string;
  stop(): Promise<void>;
}

/** A Redis for a test that sets it up as nobody else's may be. */
export async function startOwnRedis(): Promise<OwnRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-redis-'));
  const redis = await startRedis({ dataDir: dir, appendfsync: 'no' });
  return {
    url: redis.url,
    async stop() {
      await redis.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
