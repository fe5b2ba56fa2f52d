import type { Model, mongo } from 'mongoose';
import { gather } from '../gather.ts';
import type { Enrolment, EnrolmentStore } from '../totp/enrolment.ts';
import type { Resealing } from '../totp/reseal-enrolments.ts';
import { attemptPipeline, endPipeline } from './enrolment-attempt.ts';
import type { EnrolmentDocument } from './enrolment-model.ts';
import { acceptUnchanged } from './accept-unchanged.ts';
import { findByIds } from './find-by-ids.ts';
import { reach } from './reach.ts';

/** Burnt steps that are remembered: typed at the wrong time within some ten minutes, they are few. */
const maxBurntSteps = 20;

/** What the domain has no use for stays where it is. */
const known = { recoveryDigests: 0, lastOutcome: 0, acceptedAs: 0 } as const;

const afterAttempt = {
  returnDocument: 'after',
  projection: { lastOutcome: 1, lastStep: 1, burntSteps: 1, pausedUntil: 1 },
} as const;

/**
 * Enrolments in MongoDB. Single-document operations only: they are atomic everywhere, sharded or not. A verification
 * goes through the model's collection, as challenges do: Mongoose takes as long as the query.
 */
export function createEnrolmentStore(model: Model<EnrolmentDocument>): EnrolmentStore & Resealing {
  const collection = model.collection as unknown as mongo.Collection<EnrolmentDocument>;
  const accept = acceptUnchanged(collection);
  const findOne = gather(async (ids: string[]) => {
    const found = await findByIds(collection, ids, known);
    return ids.map((id) => found.get(id));
  });
  return {
    async add({ id: _id, pendingUntil, ...given }) {
      await reach(() => model.create({ _id, ...given, ...firstState(pendingUntil) }));
    },

    async find(id) {
      const found = await findOne(id);
      return found ? toEnrolment(found) : undefined;
    },

    async attempt(read, kind, shown, now) {
      if (shown?.kind === 'verify' && isNext(shown.step, read) && (await accept({ read, step: shown.step }))) {
        return { ...read, lastStep: shown.step, outcome: 'accepted' };
      }
      const pipeline = attemptPipeline(kind, shown, now);
      const after = await reach(() => collection.findOneAndUpdate({ _id: read.id }, pipeline, afterAttempt));
      if (!after?.lastOutcome) return undefined;
      const { lastOutcome: outcome, lastStep, burntSteps, pausedUntil } = after;
      return { outcome, lastStep, burntSteps, pausedUntil };
    },

    async noteStray(id, stray) {
      const burn = stray ? { $push: { burntSteps: { $each: [stray.step], $slice: -maxBurntSteps } } } : {};
      const before = await reach(() =>
        collection.findOneAndUpdate(
          { _id: id },
          { $set: { stray }, $inc: { revision: 1 }, ...burn },
          { returnDocument: 'before', projection: { stray: 1 } },
        ),
      );
      return before?.stray ?? null;
    },

    async replaceRecoveryCodes(id, recoveryDigests, now) {
      const live = { confirmedAt: { $ne: null }, endedAt: null, endsAt: { $gt: now } };
      const { matchedCount } = await reach(() => model.updateOne({ _id: id, ...live }, { $set: { recoveryDigests } }));
      return matchedCount === 1;
    },

    async end(id, holderDigest, now) {
      const { matchedCount } = await reach(() =>
        model.updateOne({ _id: id, holderDigest }, endPipeline(now), { updatePipeline: true }),
      );
      return matchedCount === 1;
    },

    async holdsOne(holderDigest, now) {
      const live = { confirmedAt: { $ne: null }, endedAt: null, endsAt: { $gt: now } };
      return (await reach(() => model.exists({ holderDigest, ...live }))) !== null;
    },

    async sample(limit) {
      const kept = await reach(() => model.find({}, known).sort({ purgeAt: -1 }).limit(limit).lean());
      return kept.filter(({ sealed }) => sealed !== undefined).map(toEnrolment);
    },

    async sealedWith(kids, after, limit) {
      const found = await reach(() =>
        model.find({ sealedWith: { $in: [...kids] }, _id: { $gt: after } }, known).sort({ _id: 1 }).limit(limit).lean(),
      );
      return found.map(toEnrolment);
    },

    async reseal(seals) {
      const updates = seals.map(({ id, old, sealed, sealedWith }) => ({
        updateOne: { filter: { _id: id, sealed: old }, update: { $set: { sealed, sealedWith } } },
      }));
      const { modifiedCount } = await reach(() => model.bulkWrite(updates, { ordered: false }));
      return modifiedCount;
    },

    notSealedWith: (kid) => reach(() => model.countDocuments({ sealedWith: { $nin: [kid, null] } })),
  };
}

/** RFC 6238 §5.2: a step accepted once is not accepted again, nor is an earlier one. */
function isNext(step: number, { lastStep, burntSteps }: Enrolment): boolean {
  return step > lastStep && !burntSteps.includes(step);
}

function firstState(pendingUntil: Date): Omit<EnrolmentDocument, '_id' | 'site' | 'holderDigest' | 'createdAt' | 'sealed' | 'sealedWith'> {
  return {
    pendingUntil,
    confirmedAt: null,
    endsAt: pendingUntil,
    endedAt: null,
    lastStep: -1,
    burntSteps: [],
    stray: null,
    failures: 0,
    wrongCodes: 0,
    pausedUntil: new Date(0),
    revision: 0,
    recoveryDigests: [],
    lastOutcome: null,
    acceptedAs: null,
    purgeAt: pendingUntil,
  };
}

function toEnrolment({ _id, ...rest }: Omit<EnrolmentDocument, keyof typeof known>): Enrolment {
  return { id: _id, ...rest };
}
