import { mac } from './mac.ts';
import type { SealingKeys } from './sealing-keys.ts';

/** What a stored code is compared by: keyed, and bound to its site and challenge. */
export function digestCode(keys: SealingKeys, site: string, id: string, code: string): string {
  return mac(keys.active.digest, [site, id, code]);
}

/** The digest under each key in force, for comparing with one that was made before a rotation. */
export function candidateDigests(
  keys: SealingKeys,
  site: string,
  id: string,
  code: string,
): string[] {
  return keys.all.map((key) => mac(key.digest, [site, id, code]));
}
