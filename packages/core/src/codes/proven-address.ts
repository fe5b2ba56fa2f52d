import type { Site } from '../sites/site.ts';

/** Somebody has shown that they read the mail of an address. */
export interface ProvenAddress {
  ok: true;
  site: Site;
  addressDigest: string;
  /** The address itself, where the keys that sealed it are still there. */
  email?: string;
}
