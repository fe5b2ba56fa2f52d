import type { Store } from '@daypass/core/store/open-store';
import type { Sweep } from '../sweep.ts';
import { purge } from './purge.ts';

/** Challenges that nothing can come of any more. */
export function expiredChallenges(store: Store, now: () => Date): Sweep {
  return purge({
    name: 'expired-challenges',
    schedule: '*/30 * * * * *',
    purgeDue: store.purgeChallenges,
    oldestPurgeAt: store.oldestPurgeAt,
    now,
  });
}
