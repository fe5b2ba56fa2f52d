import type { Quota } from '../limits/quota.ts';
import type { Site } from '../sites/site.ts';

/** Somebody has shown that they read the mail of an address. */
export interface ProvenAddress {
  ok: true;
  site: Site;
  addressDigest: string;
  /** The address itself, where the site's passes say it. */
  email?: string;
  /** When a mail server accepted the code, where that is known. */
  acceptedAt?: Date;
  /** How the limits stand that the caller meets. */
  quotas?: readonly Quota[];
}
