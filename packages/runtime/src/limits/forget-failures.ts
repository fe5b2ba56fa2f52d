import type { RedisClient } from '../redis.ts';
import { limitKeys } from './limit-keys.ts';

/**
 * Forgets the failures of an address. The command has the deadline of the connection; that it failed is for a log alone.
 */
export function createForgetFailures(
  redis: RedisClient,
  onError: (error: unknown) => void,
): (addressDigest: string) => void {
  return (addressDigest) => void redis.del(limitKeys.failures(addressDigest)).catch(onError);
}
