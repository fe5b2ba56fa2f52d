import type { Store } from '@daypass/core/store/open-store';
import type { Sweep } from '../sweep.ts';

// Larger batches stall the database noticeably, smaller ones waste round trips.
const batchSize = 1_000;

/** What is over by this machine's clock may still be alive by another's. */
const clockMarginMs = 120_000;

/** Challenges that nothing can come of any more. */
export function expiredChallenges(store: Store, now: () => Date): Sweep {
  return {
    name: 'expired-challenges',
    schedule: '*/30 * * * * *',
    deleteBatch: () => store.purgeChallenges(new Date(now().getTime() - clockMarginMs), batchSize),
    async lagSeconds() {
      const due = await store.oldestPurgeAt();
      return due ? Math.max(0, (now().getTime() - clockMarginMs - due.getTime()) / 1000) : 0;
    },
  };
}
