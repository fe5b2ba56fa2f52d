import type { Model, mongo } from 'mongoose';
import { reach } from './reach.ts';

/** What stands behind the sweeper, in case none runs: MongoDB's own deletes, a day late. */
export const ttlSlackSeconds = 24 * 60 * 60;

export interface PurgedBatch {
  deleted: number;
  /** Whether there may be more: somebody else may have deleted some of those that were found. */
  more: boolean;
}

interface Ending {
  _id: string;
  purgeAt: Date;
}

/** So many are deleted at a time: whoever comes with a code meanwhile waits for these. */
const deletedAtOnce = 50;

/**
 * Deletes what is due, the oldest first, at most `limit` documents. They are looked up together and deleted few by few. By the
 * driver: Mongoose would look at each of the ids.
 */
export async function purgeDue<Document extends Ending>(model: Model<Document>, now: Date, limit: number): Promise<PurgedBatch> {
  const collection = model.collection as unknown as mongo.Collection<Ending>;
  const query = collection.find({ purgeAt: { $lte: now } }, { projection: { _id: 1 }, sort: { purgeAt: 1 }, limit, batchSize: limit, singleBatch: true });
  const due = (await reach(() => query.toArray())).map(({ _id }) => _id);
  let deleted = 0;
  for (let from = 0; from < due.length; from += deletedAtOnce) {
    const some = due.slice(from, from + deletedAtOnce);
    const { deletedCount } = await reach(() => collection.deleteMany({ _id: { $in: some } }));
    deleted += deletedCount;
  }
  return { deleted, more: due.length === limit };
}

/** When what is due first is due. */
export async function oldestPurgeAt<Document extends Ending>(model: Model<Document>): Promise<Date | undefined> {
  const oldest = await reach(() => model.findOne({}, { purgeAt: 1 }).sort({ purgeAt: 1 }).lean<Pick<Ending, 'purgeAt'>>());
  return oldest?.purgeAt;
}
