import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisClient } from './redis.ts';

/** For how long an answer is remembered. */
const answerMs = 15 * 60_000;
/** For how long a request that has no answer yet keeps others waiting, at most: longer than any request may take. */
const pendingMs = 10_000;
/** How long one waits for the answer of another, and how often it looks. */
const patienceMs = 3_000;
const pauseMs = 50;

// The braces keep all of them in one slot of a cluster.
const keyPrefix = '{daypass}:once';

type Begun =
  | { state: 'first'; remember: (answer: string) => Promise<void>; forget: () => Promise<void> }
  | { state: 'answered'; answer: string }
  | { state: 'mismatch' };

/** Redis did not answer, or another request with the same name does not come to its end. */
class OnceUnavailable extends Error {
  override readonly name = 'OnceUnavailable';
  readonly code = 'unavailable';
}

/**
 * Remembers in Redis what was answered to a request, by a name: whoever comes first answers, the others get the same.
 * Of those who come while the first is at it each waits, and takes its place if it gives up. `name` and `fingerprint`
 * must be digests without a full stop: they are kept as they are. Throws {@link OnceUnavailable}.
 */
export function createBeginOnce(redis: RedisClient): (name: string, fingerprint: string) => Promise<Begun> {
  return async (name, fingerprint) => {
    const key = `${keyPrefix}:${name}`;
    const givenUpAt = performance.now() + patienceMs;
    for (;;) {
      // Redis 7.0: what is there, or else nothing, and then this is.
      const found = await ask(() => redis.set(key, fingerprint, 'PX', pendingMs, 'NX', 'GET'));
      if (found === null) return first(key, fingerprint);
      const [theirs, ...answer] = found.split('.');
      if (theirs !== fingerprint) return { state: 'mismatch' };
      if (answer.length > 0) return { state: 'answered', answer: answer.join('.') };
      if (performance.now() > givenUpAt) throw new OnceUnavailable('the same request is under way');
      await sleep(pauseMs);
    }
  };

  function first(key: string, fingerprint: string): Begun {
    return {
      state: 'first',
      remember: async (answer) => void (await ask(() => redis.set(key, `${fingerprint}.${answer}`, 'PX', answerMs))),
      forget: async () => void (await ask(() => redis.del(key))),
    };
  }
}

async function ask<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new OnceUnavailable('what was answered before cannot be asked', { cause: error });
  }
}
