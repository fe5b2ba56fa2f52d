import { mongo } from 'mongoose';
import type { Enrolment } from '../totp/enrolment.ts';
import type { EnrolmentDocument } from './enrolment-model.ts';
import { gather } from './gather.ts';
import { reach } from './reach.ts';

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
  return gather(async (accepts) => {
    const marked = accepts.map((accept) => ({ ...accept, mark: new mongo.ObjectId() }));
    const updates = marked.map(({ read, step, mark }) => ({ updateOne: updateOf(read, step, mark) }));
    const { modifiedCount } = await reach(() => collection.bulkWrite(updates, { ordered: false }));
    if (modifiedCount === accepts.length) return accepts.map(() => true);
    if (modifiedCount === 0) return accepts.map(() => false);

    // Some of them: each document says by whom.
    const ids = accepts.map(({ read }) => read.id);
    const found = await reach(() => collection.find({ _id: { $in: ids } }, { projection: { acceptedAs: 1 } }).toArray());
    const marks = new Map(found.map(({ _id, acceptedAs }) => [_id, acceptedAs]));
    return marked.map(({ read, mark }) => marks.get(read.id)?.equals(mark) === true);
  });
}

/** Each field that is not set again makes it shorter. */
function updateOf({ id, revision, failures, stray }: Enrolment, step: number, acceptedAs: mongo.ObjectId) {
  const cleared = { ...(failures > 0 && { failures: 0 }), ...(stray && { stray: null }) };
  return { filter: { _id: id, revision }, update: { $set: { lastStep: step, acceptedAs, ...cleared }, $inc: { revision: 1 } } };
}
