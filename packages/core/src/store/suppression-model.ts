import { Schema, type Connection, type Model } from 'mongoose';
import { ttlSlackSeconds } from './purge-due.ts';

/** An address that gets no mail, as MongoDB keeps it. */
export interface SuppressionDocument {
  /** The digest of the address. */
  _id: string;
  since: Date;
  /** From when on mails go out again, and the document may be deleted. */
  purgeAt: Date;
}

const schema = new Schema<SuppressionDocument>(
  {
    _id: { type: String, required: true },
    since: { type: Date, required: true },
    purgeAt: { type: Date, required: true },
  },
  { versionKey: false, strict: 'throw', strictQuery: 'throw', collection: 'suppressions' },
);
schema.index({ purgeAt: 1 }, { expireAfterSeconds: ttlSlackSeconds });
// For who keeps up with what is new.
schema.index({ since: 1, _id: 1 });

/** Bound to the connection that is passed in: nothing here is global. */
export function suppressionModel(connection: Connection): Model<SuppressionDocument> {
  return connection.model<SuppressionDocument>('Suppression', schema);
}
