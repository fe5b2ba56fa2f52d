import { Schema, type Connection, type Model, type mongo } from 'mongoose';
import type { AttemptOutcome, Enrolment, Stray } from '../totp/enrolment.ts';
import { ttlSlackSeconds } from './purge-due.ts';

/** An enrolment as MongoDB keeps it. */
export type EnrolmentDocument = Omit<Enrolment, 'id'> & {
  _id: string;
  recoveryDigests: string[];
  /** What became of the attempt that was decided last by a pipeline: how it says so. */
  lastOutcome: AttemptOutcome | null;
  /** Which attempt used the step up that was used last without a pipeline: how one of several in a command finds out. */
  acceptedAs: mongo.ObjectId | null;
};

const straySchema = new Schema<Stray>({ step: Number, drift: Number }, { _id: false });

const schema = new Schema<EnrolmentDocument>(
  {
    _id: { type: String, required: true },
    site: { type: String, required: true },
    holderDigest: { type: String, required: true },
    sealed: String,
    sealedWith: String,
    createdAt: { type: Date, required: true },
    pendingUntil: { type: Date, required: true },
    confirmedAt: { type: Date, default: null },
    endsAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    lastStep: { type: Number, required: true },
    burntSteps: { type: [Number], required: true },
    stray: { type: straySchema, default: null },
    failures: { type: Number, required: true },
    wrongCodes: { type: Number, required: true },
    pausedUntil: { type: Date, required: true },
    revision: { type: Number, required: true },
    recoveryDigests: { type: [String], required: true },
    lastOutcome: { type: String, default: null },
    acceptedAs: { type: Schema.Types.ObjectId, default: null },
    purgeAt: { type: Date, required: true },
  },
  { versionKey: false, strict: 'throw', strictQuery: 'throw', collection: 'enrolments' },
);
schema.index({ purgeAt: 1 }, { expireAfterSeconds: ttlSlackSeconds });
// Only for a few rare questions: which enrolments one visitor has, and which seals are old.
schema.index({ holderDigest: 1 });
schema.index({ sealedWith: 1, _id: 1 });

/** Bound to the connection that is passed in: nothing here is global. */
export function enrolmentModel(connection: Connection): Model<EnrolmentDocument> {
  return connection.model<EnrolmentDocument>('Enrolment', schema);
}
