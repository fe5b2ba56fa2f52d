import type { Result } from 'ioredis';
import type { RedisClient } from './redis.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    putMark(key: string, value: number, forMs: number): Result<number, Context>;
  }
}

// Several processes may put the same mark: neither its value nor its end goes back.
const putScript = `
local old = tonumber(redis.call('GET', KEYS[1]) or 0)
local left = redis.call('PTTL', KEYS[1])
redis.call('SET', KEYS[1], string.format('%.0f', math.max(old, tonumber(ARGV[1]))), 'PX', string.format('%.0f', math.max(left, tonumber(ARGV[2]))))
return 1
`;

/** What was read is believed for as long. With the time that a question takes it stays below a second. */
const memoryMs = 900;
const maxRemembered = 20_000;

const keyPrefix = '{daypass}:revoked:';

/** Redis did not answer: nothing may be let through on a guess. */
class MarksUnavailable extends Error {
  override readonly name = 'MarksUnavailable';
  readonly code = 'unavailable';
}

interface Remembered {
  value: Promise<number | undefined>;
  /** When it was asked for, not when the answer came: what happened in between may not be in it. */
  askedAtMs: number;
}

/**
 * Marks in Redis, each of which ends by itself. What a process has read it believes for at most {@link memoryMs}: a page
 * that loads fifty things asks Redis once. Throws {@link MarksUnavailable}.
 *
 * @param monotonicMs a clock that nobody sets
 */
export function createSharedMarks(redis: RedisClient, monotonicMs: () => number = () => performance.now()) {
  redis.defineCommand('putMark', { numberOfKeys: 1, lua: putScript });
  /** In the order they were asked for, which is the order they end in. */
  const remembered = new Map<string, Remembered>();

  return {
    async put(name: string, value: number, forMs: number): Promise<void> {
      await ask(() => redis.putMark(keyPrefix + name, value, Math.ceil(forMs)));
      remembered.delete(name);
    },
    read(names: readonly string[]): Promise<(number | undefined)[]> {
      const askedAtMs = monotonicMs();
      forget(askedAtMs);
      const unknown = names.filter((name) => !remembered.has(name));
      if (unknown.length > 0) remember(unknown, askedAtMs);
      return Promise.all(names.map((name) => remembered.get(name)?.value ?? Promise.resolve(undefined)));
    },
  };

  function remember(names: readonly string[], askedAtMs: number): void {
    const answer = ask(() => redis.mget(names.map((name) => keyPrefix + name)));
    for (const [index, name] of names.entries()) {
      const value = answer.then((values) => numberOf(values[index]));
      const entry = { value, askedAtMs };
      remembered.set(name, entry);
      // A failure is not remembered: the next one asks for itself.
      value.catch(() => {
        if (remembered.get(name) === entry) remembered.delete(name);
      });
    }
  }

  function forget(nowMs: number): void {
    for (const [name, { askedAtMs }] of remembered) {
      if (nowMs - askedAtMs < memoryMs && remembered.size < maxRemembered) return;
      remembered.delete(name);
    }
  }
}

function numberOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Number(text);
}

async function ask<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new MarksUnavailable('it cannot be known what was taken back', { cause: error });
  }
}
