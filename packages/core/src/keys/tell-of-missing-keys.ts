import type { SealingKeys } from './sealing-keys.ts';

/** How many names are told at most: whoever can write to a store can make them up. */
const mostTold = 10;

/** The same keys, which say once of each that is missing that it is. */
export function tellOfMissingKeys(keys: SealingKeys, log: { error: (fields: object, message: string) => void }): SealingKeys {
  const told = new Set<string>();
  return {
    ...keys,
    onMissing(kid) {
      if (told.has(kid) || told.size === mostTold || !/^[\w-]{1,16}$/.test(kid)) return;
      told.add(kid);
      log.error({ kid }, 'something is sealed under a key that DAYPASS_SECRETS does not hold: it is unreadable until the key is back');
    },
  };
}
