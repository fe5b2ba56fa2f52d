import { randomBytes } from 'node:crypto';
import type { SealingKeys } from '@daypass/core/keys/sealing-keys';
import type { Store } from '@daypass/core/store/open-store';
import { createResealEnrolments } from '@daypass/core/totp/reseal-enrolments';
import type { Logger } from '@daypass/runtime/logger';
import type { Sweep } from '../sweep.ts';

// A batch is one write to the database, which verifications wait behind.
const batchSize = 200;

/** Secrets of authenticator apps that are sealed under a key which is no longer the active one. */
export function reSeal(store: Store, sealingKeys: SealingKeys, log: Logger): Sweep {
  const resealBatch = createResealEnrolments({ enrolments: store.enrolments, sealingKeys, randomBytes });
  return {
    name: 're-seal',
    does: 'reseal',
    schedule: '45 * * * * *',
    async runBatch() {
      const { resealed, unopened, more } = await resealBatch(batchSize);
      if (unopened > 0) log.error({ sweep: 're-seal', unopened }, 'enrolments that the old keys of DAYPASS_SECRETS do not open');
      return { done: resealed, more };
    },
    backlog: () => store.enrolments.notSealedWith(sealingKeys.active.kid),
  };
}
