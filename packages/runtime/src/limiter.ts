import type { Result } from 'ioredis';
import type { RedisClient } from './redis.ts';

/** A rolling window: at most `max` in any `windowMs` milliseconds. */
interface Window {
  max: number;
  windowMs: number;
}

interface Limit<Name extends string> {
  name: Name;
  subject: string;
  windows: readonly Window[];
}

type Verdict<Name extends string> =
  | { ok: true; refund: () => Promise<void> }
  | { ok: false; name: Name; retryAfterMs: number };

declare module 'ioredis' {
  interface RedisCommander<Context> {
    spendLimits(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
    refundLimits(keyCount: number, ...keysAndTimes: (string | number)[]): Result<number, Context>;
  }
}

// A subject's key is a list of the times at which it was spent, the newest last, no longer than its largest `max`.
// A window is full when the entry `max` from the end still lies inside it, so checking one is a single LINDEX and
// the windows are exact. A caller whose clock is behind counts from the newest entry: time never runs backwards.
// ARGV: now, then for each key: how many windows, and max and length of each.
const spendScript = `
local at, times, longest, refused = 1, {}, 0, 0
for i, key in ipairs(KEYS) do
  local now = math.max(tonumber(ARGV[1]), tonumber(redis.call('LINDEX', key, -1) or 0))
  times[i] = now
  at = at + 1
  for _ = 1, tonumber(ARGV[at]) do
    local max, window = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    at = at + 2
    local entry = redis.call('LINDEX', key, -max)
    local wait = entry and tonumber(entry) + window - now or 0
    if wait > longest then longest, refused = wait, i end
  end
end
if refused > 0 then return { 0, refused, longest } end

at = 1
for i, key in ipairs(KEYS) do
  at = at + 1
  local most, span = 0, 0
  for _ = 1, tonumber(ARGV[at]) do
    most, span = math.max(most, tonumber(ARGV[at + 1])), math.max(span, tonumber(ARGV[at + 2]))
    at = at + 2
  end
  redis.call('RPUSH', key, string.format('%.0f', times[i]))
  redis.call('LTRIM', key, -most, -1)
  redis.call('PEXPIRE', key, string.format('%.0f', span))
end
return { 1, unpack(times) }
`;

const refundScript = `
for i, key in ipairs(KEYS) do redis.call('LREM', key, -1, ARGV[i]) end
return #KEYS
`;

// The braces keep all of them in one slot of a cluster: one script reads and writes them together. The ceiling is
// what one Redis core does, some 10^5 requests a second.
const keyPrefix = '{daypass}:limit';

/** Redis did not answer: nothing may be let through on a guess. */
class LimiterUnavailable extends Error {
  override readonly name = 'LimiterUnavailable';
  readonly code = 'unavailable';
}

/**
 * Spends rolling-window limits in Redis, all or nothing, in one script and one round trip. Subjects must be digests:
 * they are part of the key. Throws {@link LimiterUnavailable}.
 */
export function createLimiter(
  redis: RedisClient,
): <Name extends string>(limits: readonly Limit<Name>[], now: Date) => Promise<Verdict<Name>> {
  redis.defineCommand('spendLimits', { lua: spendScript });
  redis.defineCommand('refundLimits', { lua: refundScript });

  return async (limits, now) => {
    const keys = limits.map(({ name, subject }) => `${keyPrefix}:${name}:${subject}`);
    const windows = limits.flatMap((limit) => [
      limit.windows.length,
      ...limit.windows.flatMap(({ max, windowMs }) => [max, windowMs]),
    ]);
    const [spent, ...rest] = await ask(() =>
      redis.spendLimits(keys.length, ...keys, now.getTime(), ...windows).catch((error: unknown) => {
        // Redis may still do what it did not answer in time. Sent after it on the same connection, this gives back what
        // nobody got anything for: who is told 503 must not be told 429 next.
        void refund(keys, keys.map(() => now.getTime())).catch(() => undefined);
        throw error;
      }),
    );
    if (spent === 1) return { ok: true, refund: () => refund(keys, rest) };

    const [position = 1, retryAfterMs = 0] = rest;
    const refused = limits[position - 1];
    if (!refused) throw new Error('the limiter script named a limit that was not asked for');
    return { ok: false, name: refused.name, retryAfterMs };
  };

  async function refund(keys: string[], times: number[]): Promise<void> {
    await ask(() => redis.refundLimits(keys.length, ...keys, ...times));
  }
}

async function ask<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new LimiterUnavailable('the limits cannot be asked', { cause: error });
  }
}
