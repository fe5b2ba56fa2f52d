import { Schema, type Connection, type Model, type mongo } from 'mongoose';
import type { Challenge } from '../codes/challenge.ts';
import { ttlSlackSeconds } from './purge-due.ts';

/** A challenge as MongoDB keeps it. */
export type ChallengeDocument = Omit<Challenge, 'id'> & {
  _id: string;
  /** By which update of several it was used up. */
  usedBy?: mongo.ObjectId;
};

const schema = new Schema<ChallengeDocument>(
  {
    _id: { type: String, required: true },
    site: { type: String, required: true },
    addressDigest: { type: String, required: true },
    codeDigest: { type: String, required: true },
    envelope: String,
    delivery: { type: String, enum: ['queued', 'sent', 'delayed', 'refused'], required: true },
    attempts: { type: Number, required: true },
    sends: { type: Number, required: true },
    sendsAccepted: { type: Number, required: true },
    issuedAt: { type: Date, required: true },
    lastSendAskedAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    purgeAt: { type: Date, required: true },
    usedAt: { type: Date, default: null },
    usedBy: Schema.Types.ObjectId,
  },
  { versionKey: false, strict: 'throw', strictQuery: 'throw', collection: 'challenges' },
);
schema.index({ purgeAt: 1 }, { expireAfterSeconds: ttlSlackSeconds });
schema.index({ addressDigest: 1, site: 1, issuedAt: -1 });

/** Bound to the connection that is passed in: nothing here is global. */
export function challengeModel(connection: Connection): Model<ChallengeDocument> {
  return connection.model<ChallengeDocument>('Challenge', schema);
}
