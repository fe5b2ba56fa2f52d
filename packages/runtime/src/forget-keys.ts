import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './redis.ts';

const pageSize = 1_000;

/** Deletes every key of ours that has `part` in its name, such as a digest. It looks at all keys: for rare occasions. */
export async function forgetKeys(redis: RedisClient, part: string): Promise<number> {
  // What a pattern would read as a sign.
  const pattern = `{daypass}:*${part.replaceAll(/[\\*?[\]^]/g, '\\$&')}*`;
  const nodes: Redis[] = redis instanceof Cluster ? redis.nodes('master') : [redis];
  let deleted = 0;
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', pageSize);
      cursor = next;
      if (keys.length > 0) deleted += await redis.del(...keys);
    } while (cursor !== '0');
  }
  return deleted;
}
