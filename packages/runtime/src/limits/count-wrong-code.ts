import type { Result } from 'ioredis';
import type { RedisClient } from '../redis.ts';
import { askLimits } from './ask-limits.ts';
import { limitKeys } from './limit-keys.ts';
import { rollingCount } from './rolling-count.ts';

/** As the domain gives it. */
interface WrongCode {
  budget: { site: string; max: number; windowMs: number };
  addressDigest?: string;
  failuresEndAfterMs: number;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countWrongCode(keyCount: number, ...keysAndFigures: (string | number)[]): Result<[number, number], Context>;
  }
}

// Answers whether the budget has been spent by this one, and whether it had relaxed since the last one.
const countScript = `
${rollingCount}
local now, max, window, endAfter = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local failuresKey = KEYS[2]
if failuresKey then
  redis.call('HINCRBY', failuresKey, 'count', 1)
  redis.call('HSET', failuresKey, 'last', now)
  redis.call('PEXPIRE', failuresKey, endAfter)
end
local wrongCodes = openCount(KEYS[1], now, max, window)
addToCount(wrongCodes)
writeCount(wrongCodes)
local spent = wrongCodes.sum >= max and not wrongCodes.over
if spent then redis.call('HSET', KEYS[1], 'over', 1) end
return { spent and 1 or 0, wrongCodes.relaxed and 1 or 0 }
`;

/**
 * Counts wrong codes in Redis: in a row for an address, and in a day at a site, in one round trip. Throws an error with
 * `code: 'unavailable'` when Redis does not answer.
 *
 * @param onBudget told, once each time, that the budget of a site is spent, and that it has relaxed
 */
export function createCountWrongCode(
  redis: RedisClient,
  onBudget: (site: string, state: 'spent' | 'relaxed') => void,
): (wrong: WrongCode, now: Date) => Promise<void> {
  redis.defineCommand('countWrongCode', { lua: countScript });

  return async ({ budget, addressDigest, failuresEndAfterMs }, now) => {
    const keys = [limitKeys.siteWrongCodes(budget.site)];
    if (addressDigest !== undefined) keys.push(limitKeys.failures(addressDigest));
    const [spent, relaxed] = await askLimits(() =>
      redis.countWrongCode(keys.length, ...keys, now.getTime(), budget.max, budget.windowMs, failuresEndAfterMs),
    );
    if (relaxed === 1) onBudget(budget.site, 'relaxed');
    if (spent === 1) onBudget(budget.site, 'spent');
  };
}
