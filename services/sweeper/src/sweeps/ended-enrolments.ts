import type { Store } from '@daypass/core/store/open-store';
import type { Sweep } from '../sweep.ts';
import { purge } from './purge.ts';

/** Authenticator apps that were never confirmed, or whose enrolment ended some time ago. */
export function endedEnrolments(store: Store, now: () => Date): Sweep {
  return purge({
    name: 'ended-enrolments',
    schedule: '15 * * * * *',
    purgeDue: store.purgeEnrolments,
    oldestPurgeAt: store.oldestEnrolmentPurgeAt,
    now,
  });
}
