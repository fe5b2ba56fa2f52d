import { subjectOf } from '../access/visitor.ts';
import { digestAddress } from '../keys/digest-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Sites } from '../sites/sites.ts';
import { digestHolder } from '../totp/holder.ts';
import { parseAddress } from './parse-address.ts';

/** How many things of each kind there were. */
export interface Forgotten {
  challenges: number;
  enrolments: number;
  suppressions: number;
  /** Counters of limits, failures and revocations. */
  counters: number;
}

/**
 * Deletes everything that is kept of an address. What cannot be found by it ends by itself: a job that waits, which holds
 * it sealed, within the patience of its site; a pass, which its visitor holds.
 */
export function createForgetAddress(dependencies: {
  indexKey: IndexKey;
  sites: Sites;
  forgetChallenges: (addressDigest: string) => Promise<number>;
  forgetEnrolments: (holderDigests: readonly string[]) => Promise<number>;
  liftSuppression: (addressDigest: string) => Promise<boolean>;
  forgetCounters: (addressDigest: string) => Promise<number>;
}): (typed: string) => Promise<Forgotten | undefined> {
  const { indexKey, sites, forgetChallenges, forgetEnrolments, liftSuppression, forgetCounters } = dependencies;

  return async (typed) => {
    const address = parseAddress(typed);
    if (!address) return undefined;
    const addressDigest = digestAddress(indexKey, address.key);
    // At each site the visitor is somebody else.
    const holders = sites.all.map((site) => digestHolder(indexKey, site.id, subjectOf(indexKey, { site, addressDigest })));
    const [challenges, enrolments, lifted] = await Promise.all([
      forgetChallenges(addressDigest),
      forgetEnrolments(holders),
      liftSuppression(addressDigest),
    ]);
    // Last: until the challenges are gone, somebody could still be counting.
    const counters = await forgetCounters(addressDigest);
    return { challenges, enrolments, suppressions: lifted ? 1 : 0, counters };
  };
}
