import type { Result } from 'ioredis';
import type { RedisClient } from './redis.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    putRecord(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number, Context>;
    dropRecordGroup(key: string, prefix: string): Result<number, Context>;
  }
}

// KEYS: the record, then its group and its alias where it has them. ARGV: text, milliseconds, name, what KEYS[2…] are.
const putScript = `
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 2, #KEYS do
  if ARGV[i + 2] == 'group' then
    redis.call('SADD', KEYS[i], ARGV[3])
    redis.call('PEXPIRE', KEYS[i], string.format('%.0f', math.max(redis.call('PTTL', KEYS[i]), tonumber(ARGV[2]))))
  else
    redis.call('SET', KEYS[i], ARGV[3], 'PX', ARGV[2])
  end
end
return 1
`;

// The names are read from the set and not given: all of it is in one slot of a cluster.
const dropGroupScript = `
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', ARGV[1] .. name, ARGV[1] .. 'used:' .. name) end
return redis.call('DEL', KEYS[1])
`;

/** Redis did not answer. */
class RecordsUnavailable extends Error {
  override readonly name = 'RecordsUnavailable';
  readonly code = 'unavailable';
}

/** What a record can be found by besides its name. */
interface Bonds {
  /** Records that end together. */
  group?: string | undefined;
  /** Another name. */
  alias?: string | undefined;
}

/**
 * Texts in Redis that each end by themselves. Names must be digests, and texts sealed: both are kept as they are. Throws
 * {@link RecordsUnavailable}.
 */
export function createEndingRecords(redis: RedisClient, area: string) {
  redis.defineCommand('putRecord', { lua: putScript });
  redis.defineCommand('dropRecordGroup', { numberOfKeys: 1, lua: dropGroupScript });
  // The braces keep all of them in one slot of a cluster.
  const prefix = `{daypass}:${area}:`;
  const usedKey = (name: string) => `${prefix}used:${name}`;

  async function read(name: string): Promise<{ text: string; usedAtMs: number | undefined } | undefined> {
    const [text = null, used = null] = await ask(() => redis.mget(prefix + name, usedKey(name)));
    return text === null ? undefined : { text, usedAtMs: used === null ? undefined : Number(used) };
  }

  return {
    async put(name: string, text: string, forMs: number, { group, alias }: Bonds = {}): Promise<void> {
      const bonds = [
        ...(group === undefined ? [] : [['group', `${prefix}group:${group}`] as const]),
        ...(alias === undefined ? [] : [['alias', `${prefix}alias:${alias}`] as const]),
      ];
      const keys = [prefix + name, ...bonds.map(([, key]) => key)];
      await ask(() => redis.putRecord(keys.length, ...keys, text, Math.ceil(forMs), name, ...bonds.map(([kind]) => kind)));
    },
    read,
    nameOf: async (alias: string): Promise<string | undefined> => (await ask(() => redis.get(`${prefix}alias:${alias}`))) ?? undefined,
    /** Marks a record as used. `false` when it was already: of any number at the same moment one is told `true`. */
    use: async (name: string, nowMs: number, forMs: number): Promise<boolean> =>
      (await ask(() => redis.set(usedKey(name), nowMs, 'PX', Math.ceil(forMs), 'NX'))) !== null,
    drop: async (name: string): Promise<void> => void (await ask(() => redis.del(prefix + name, usedKey(name)))),
    dropGroup: async (group: string): Promise<void> =>
      void (await ask(() => redis.dropRecordGroup(`${prefix}group:${group}`, prefix))),
  };
}

export type EndingRecords = ReturnType<typeof createEndingRecords>;

async function ask<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new RecordsUnavailable('what is kept for a while cannot be asked for', { cause: error });
  }
}
