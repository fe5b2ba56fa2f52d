import type { Result } from 'ioredis';
import type { RedisClient } from '../redis.ts';
import { askLimits } from './ask-limits.ts';
import { limitKeys } from './limit-keys.ts';
import { rollingTimes } from './rolling-times.ts';

/** A rolling window: at most `max` in any `windowMs` milliseconds. */
interface Window {
  max: number;
  windowMs: number;
}

interface Limit<Name extends string> {
  name: Name;
  subject: string;
  /** The longest last. */
  windows: readonly Window[];
}

type Verdict<Name extends string> =
  | { ok: true; standings: { used: number; relaxesInMs: number }[]; refund: () => Promise<void> }
  | { ok: false; name: Name; window?: Window; retryAfterMs: number };

declare module 'ioredis' {
  interface RedisCommander<Context> {
    spendLimits(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
  }
}

// ARGV: now, then the windows of each key.
const spendScript = `
${rollingTimes}
local subjects, at, longest, refused, full = {}, 2, 0, 0, 0
for i, key in ipairs(KEYS) do
  local last = at + 2 * ARGV[at]
  local times = openTimes(key, tonumber(ARGV[1]), tonumber(ARGV[last]))
  subjects[i] = times
  for window = at + 1, last, 2 do
    local wait = waitForTimes(times, tonumber(ARGV[window]), tonumber(ARGV[window + 1]))
    if wait > longest then longest, refused, full = wait, i, (window - at + 1) / 2 end
  end
  at = last + 1
end
if refused > 0 then return { 0, refused, full, longest } end

local spent = { 1 }
for _, times in ipairs(subjects) do
  spendTimes(times)
  for _, figure in ipairs({ times.now, times.used, relaxesIn(times) }) do spent[#spent + 1] = figure end
end
return spent
`;

/**
 * Spends rolling-window limits in Redis, all or nothing, in one script and one round trip. Throws an error with `code:
 * 'unavailable'` when Redis does not answer.
 */
export function createSpendLimits(
  redis: RedisClient,
): <Name extends string>(limits: readonly Limit<Name>[], now: Date) => Promise<Verdict<Name>> {
  redis.defineCommand('spendLimits', { lua: spendScript });

  return async (limits, now) => {
    const keys = limits.map(({ name, subject }) => limitKeys.times(name, subject));
    const windows = limits.flatMap((limit) => [
      limit.windows.length,
      ...limit.windows.flatMap(({ max, windowMs }) => [max, windowMs]),
    ]);
    const [spent, ...figures] = await askLimits(
      () => redis.spendLimits(keys.length, ...keys, now.getTime(), ...windows),
      () => refund(keys, keys.map(() => now.getTime())),
    );
    if (spent === 1) {
      const subjects = keys.map((_, index) => figures.slice(3 * index, 3 * index + 3));
      return {
        ok: true,
        standings: subjects.map(([, used = 0, relaxesInMs = 0]) => ({ used, relaxesInMs })),
        refund: () => refund(keys, subjects.map(([time = 0]) => time)),
      };
    }
    const [position = 1, full = 1, retryAfterMs = 0] = figures;
    const refused = limits[position - 1];
    const window = refused?.windows[full - 1];
    if (!refused || !window) throw new Error('the limiter script named a limit that was not asked for');
    return { ok: false, name: refused.name, window, retryAfterMs };
  };

  async function refund(keys: string[], times: number[]): Promise<void> {
    await askLimits(() => Promise.all(keys.map((key, index) => redis.lrem(key, -1, times[index] ?? 0))));
  }
}
