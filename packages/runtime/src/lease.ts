import { randomBytes } from 'node:crypto';
import type { Result } from 'ioredis';
import type { RedisClient } from './redis.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    releaseLease(key: string, holder: string): Result<number, Context>;
    renewLease(key: string, holder: string, ttlMs: number): Result<number, Context>;
  }
}

// Only the holder renews a lease or gives it back: by then it may have ended and be somebody else's.
const ifHeld = (command: string) => `
if redis.call('GET', KEYS[1]) == ARGV[1] then return ${command} end
return 0
`;

export interface LeaseTerms {
  /** How long a lease is still held when its holder has died. */
  ttlMs: number;
  /** For so long it is renewed while it is held: what is not given back by then was forgotten. */
  renewedForMs?: number;
}

/**
 * Leases in Redis: whoever takes one works alone until it is released, or until it ends by itself because its holder
 * died. A guard against doing work twice, not a proof: a holder that stalls longer than `ttlMs` is not alone any more.
 */
export function createLeases(
  redis: RedisClient,
  { ttlMs, renewedForMs = 0 }: LeaseTerms,
): (name: string) => Promise<(() => Promise<void>) | undefined> {
  redis.defineCommand('releaseLease', { numberOfKeys: 1, lua: ifHeld("redis.call('DEL', KEYS[1])") });
  redis.defineCommand('renewLease', { numberOfKeys: 1, lua: ifHeld("redis.call('PEXPIRE', KEYS[1], ARGV[2])") });

  /** Often enough that a holder which stalls in between still has most of the time. */
  function keepRenewing(key: string, holder: string): () => void {
    const until = performance.now() + renewedForMs;
    const timer = setInterval(() => {
      if (performance.now() > until) return clearInterval(timer);
      void redis.renewLease(key, holder, ttlMs).catch(() => undefined);
    }, ttlMs / 8);
    timer.unref();
    return () => clearInterval(timer);
  }

  return async (name) => {
    const key = `{daypass}:lease:${name}`;
    const holder = randomBytes(12).toString('base64url');
    const taken = await redis.set(key, holder, 'PX', ttlMs, 'NX');
    if (taken === null) return undefined;
    const stopRenewing = renewedForMs > 0 ? keepRenewing(key, holder) : undefined;
    return async () => {
      stopRenewing?.();
      // When this fails the lease ends by itself.
      await redis.releaseLease(key, holder).catch(() => undefined);
    };
  };
}
