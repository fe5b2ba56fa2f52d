import { randomBytes } from 'node:crypto';
import type { Result } from 'ioredis';
import type { RedisClient } from './redis.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    releaseLease(key: string, holder: string): Result<number, Context>;
  }
}

// Only the holder gives a lease back: by then it may have ended and be somebody else's.
const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/**
 * Leases in Redis: whoever takes one works alone until it is released, or until it ends by itself because its holder
 * died. A guard against doing work twice, not a proof: a holder that stalls longer than `ttlMs` is not alone any more.
 */
export function createLeases(
  redis: RedisClient,
  ttlMs: number,
): (name: string) => Promise<(() => Promise<void>) | undefined> {
  redis.defineCommand('releaseLease', { numberOfKeys: 1, lua: releaseScript });

  return async (name) => {
    const key = `{daypass}:lease:${name}`;
    const holder = randomBytes(12).toString('base64url');
    const taken = await redis.set(key, holder, 'PX', ttlMs, 'NX');
    if (taken === null) return undefined;
    return async () => {
      // When this fails the lease ends by itself.
      await redis.releaseLease(key, holder).catch(() => undefined);
    };
  };
}
