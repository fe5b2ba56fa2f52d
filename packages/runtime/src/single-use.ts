import type { RedisClient } from './redis.ts';

const keyPrefix = '{daypass}:handover:';

/** Redis did not answer. */
class SingleUseUnavailable extends Error {
  override readonly name = 'SingleUseUnavailable';
  readonly code = 'unavailable';
}

/**
 * Keeps a text in Redis for a moment and gives it out once, to whoever asks first. Names must be digests, and texts
 * sealed: both are kept as they are. Throws {@link SingleUseUnavailable}.
 */
export function createSingleUse(redis: RedisClient) {
  return {
    put: async (name: string, text: string, forMs: number): Promise<void> =>
      void (await ask(() => redis.set(keyPrefix + name, text, 'PX', forMs))),
    take: async (name: string): Promise<string | undefined> => (await ask(() => redis.getdel(keyPrefix + name))) ?? undefined,
  };
}

async function ask<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new SingleUseUnavailable('what is handed over cannot be asked for', { cause: error });
  }
}
