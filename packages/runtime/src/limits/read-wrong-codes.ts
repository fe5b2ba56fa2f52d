import type { RedisClient } from '../redis.ts';
import { limitKeys } from './limit-keys.ts';
import { countedParts } from './rolling-count.ts';

/** Reads how many wrong codes count against the budget of a site, without changing anything. */
export function createReadWrongCodes(
  redis: RedisClient,
): (budget: { site: string; windowMs: number }, now: Date) => Promise<number> {
  return async ({ site, windowMs }, now) => {
    const oldest = Math.floor(now.getTime() / (windowMs / countedParts)) - countedParts;
    const fields = Object.entries(await redis.hgetall(limitKeys.siteWrongCodes(site)));
    return fields.reduce((sum, [part, count]) => (Number(part) >= oldest ? sum + Number(count) : sum), 0);
  };
}
