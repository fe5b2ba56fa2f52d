import { createHash } from 'node:crypto';
import type { Result } from 'ioredis';
import type { RedisClient } from './redis.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    takeTurn(pace: string, slot: string, now: number, intervalMs: number, keepMs: number): Result<number, Context>;
    takePlace(places: string, holder: string, now: number, most: number, ttlMs: number): Result<number, Context>;
  }
}

// Each asker gets the next free moment, once: its slot remembers it, so that coming back at that moment takes no other.
// The clock is that of whoever asks; one that is behind gets a moment that has passed for the others, which is soon enough.
const turnScript = `
local slot = redis.call('GET', KEYS[2])
local now, interval = tonumber(ARGV[1]), tonumber(ARGV[2])
if slot then return math.max(0, math.ceil(tonumber(slot) - now)) end
local at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], string.format('%.3f', at + interval), 'PX', math.ceil(at - now + interval + 1000))
local wait = math.ceil(at - now)
if wait > 0 then redis.call('SET', KEYS[2], string.format('%.3f', at), 'PX', wait + tonumber(ARGV[3])) end
return wait
`;

// Places that were not renewed belong to processes that are gone.
const placeScript = `
local now = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[4]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`;

/** How long a turn that was promised is kept for whoever comes late. */
const keepTurnMs = 30_000;
const placeTtlMs = 30_000;
const renewMs = 10_000;

/** What all processes together may do at a time and in a second, kept in Redis. `name` must hold nothing readable of a secret. */
export function createSharedPace(redis: RedisClient, name: string) {
  redis.defineCommand('takeTurn', { numberOfKeys: 2, lua: turnScript });
  redis.defineCommand('takePlace', { numberOfKeys: 1, lua: placeScript });
  const key = `{daypass}:pace:${createHash('sha256').update(name).digest('base64url').slice(0, 16)}`;

  return {
    /** How long until it is `who`'s turn, in ms; 0: it is. Whoever has to wait has that turn when they come back. */
    turn: (who: string, perSecond: number, now: Date): Promise<number> =>
      redis.takeTurn(key, `${key}:${who}`, now.getTime(), 1000 / perSecond, keepTurnMs),

    /**
     * Takes one of `most` places, and holds it until it is given back or the process is gone for half a minute.
     *
     * @returns what gives it back, or `undefined` while all are taken
     */
    async place(holder: string, most: number, now: () => Date): Promise<(() => void) | undefined> {
      const take = () => redis.takePlace(`${key}:places`, holder, now().getTime(), most, placeTtlMs);
      if ((await take()) === 0) return undefined;
      // When Redis is away for long others may take the place: a server that minds says so.
      const timer = setInterval(() => void take().catch(() => undefined), renewMs);
      timer.unref();
      return () => {
        clearInterval(timer);
        redis.zrem(`${key}:places`, holder).catch(() => undefined);
      };
    },
  };
}
