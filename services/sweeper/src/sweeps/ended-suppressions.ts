import type { Store } from '@daypass/core/store/open-store';
import type { Sweep } from '../sweep.ts';
import { purge } from './purge.ts';

/** Addresses that get mail again. */
export function endedSuppressions(store: Store, now: () => Date): Sweep {
  return purge({
    name: 'ended-suppressions',
    schedule: '30 * * * * *',
    purgeDue: store.purgeSuppressions,
    oldestPurgeAt: store.oldestSuppressionPurgeAt,
    now,
  });
}
