import type { IndexKey } from './index-key.ts';
import { mac } from './mac.ts';

/** What an address is counted and looked up by. `key` is the canonical key, not the typed address. */
export function digestAddress(indexKey: IndexKey, key: string): string {
  return mac(indexKey.address, [key]);
}
