import type { RedisClient } from '../redis.ts';
import { askLimits } from './ask-limits.ts';
import { limitKeys } from './limit-keys.ts';

/**
 * Keeps that the known browsers of somebody (a digest) are known no more: the script that decides requests reads it. Throws an
 * error with `code: 'unavailable'` when Redis does not answer.
 */
export function createKeepRevocation(
  redis: RedisClient,
): (whose: string, at: Date, keepMs: number) => Promise<void> {
  return async (whose, at, keepMs) => {
    await askLimits(() => redis.set(limitKeys.devicesRevoked(whose), at.getTime(), 'PX', keepMs));
  };
}
