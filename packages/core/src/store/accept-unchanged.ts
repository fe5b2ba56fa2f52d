import type { mongo } from 'mongoose';
import { gather } from '../gather.ts';
import type { Enrolment } from '../totp/enrolment.ts';
import type { EnrolmentDocument } from './enrolment-model.ts';
import { updateMarked } from './update-marked.ts';

interface Accept {
  /** The enrolment as it was found, which accepts the step. */
  read: Enrolment;
  step: number;
}

/**
 * Uses steps up of enrolments that have not changed since they were read: it is then what the pipeline would decide, in
 * less than half the time, and those of one turn are one command. Whether it did; if not, nothing was done.
 */
export function acceptUnchanged(collection: mongo.Collection<EnrolmentDocument>): (accept: Accept) => Promise<boolean> {
  return gather((accepts) => updateMarked(collection, 'acceptedAs', accepts.map(updateOf)));
}

/** Each field that is not set again makes it shorter. */
function updateOf({ read: { id, revision, failures, stray }, step }: Accept) {
  const cleared = { ...(failures > 0 && { failures: 0 }), ...(stray && { stray: null }) };
  return { id, unchanged: { revision }, update: { $set: { lastStep: step, ...cleared }, $inc: { revision: 1 } } };
}
