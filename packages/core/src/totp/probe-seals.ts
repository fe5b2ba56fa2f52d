import { DaypassError } from '../errors.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { Enrolment, EnrolmentStore } from './enrolment.ts';
import { openEnrolment } from './enrolment-seal.ts';

const sampleSize = 3;

/**
 * Whether what is sealed in the store opens with the keys at hand. Rejects when none of a few enrolments does, and does not
 * know while the database is away: that is for its own check to say. It costs one indexed look-up of three documents each
 * time it is asked.
 */
export function createProbeSeals(dependencies: {
  enrolments: EnrolmentStore;
  sealingKeys: SealingKeys;
}): () => Promise<void | 'not known'> {
  const { enrolments, sealingKeys } = dependencies;

  return async () => {
    const sample = await enrolments.sample(sampleSize).catch(unlessAway);
    if (sample === undefined) return 'not known';
    if (sample.length === 0 || sample.some((enrolment) => openEnrolment(sealingKeys, enrolment) !== undefined)) return;
    const names = new Set(sample.map(({ sealedWith }) => sealedWith));
    throw new Error(`DAYPASS_SECRETS does not open what is sealed under ${[...names].join(', ')}`);
  };
}

function unlessAway(error: unknown): Enrolment[] | undefined {
  if (error instanceof DaypassError && error.code === 'unavailable') return undefined;
  throw error;
}
