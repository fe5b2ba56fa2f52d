import { setTimeout as pause } from 'node:timers/promises';
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

/** So many are deleted at a time where somebody may come with a code: who does waits for these. */
const deletedBesideVisitors = 20;

/** What could not be deleted by then is left to the next batch: a slow database makes long pauses, too. */
const longestMs = 2_000;

/** A delete that a power cut undoes is done again by the next sweep: nobody waits for the journal. */
const notJournaled = { writeConcern: { journal: false } };

/**
 * Deletes what is due, the oldest first, at most `limit` documents: all at once while nothing else is there, and a few at a
 * time, half of the time, while something is alive that somebody may come for. By the driver: Mongoose would look at each of
 * the ids.
 */
export async function purgeDue<Document extends Ending>(model: Model<Document>, now: Date, limit: number): Promise<PurgedBatch> {
  const collection = model.collection as unknown as mongo.Collection<Ending>;
  const due = await findDue(collection, now, limit);
  const beside = due.length > 0 && (await hasLiving(collection, now));
  const atOnce = beside ? deletedBesideVisitors : limit;
  const givenUpAt = performance.now() + longestMs;
  let asked = 0;
  let deleted = 0;
  while (asked < due.length && performance.now() < givenUpAt) {
    const started = performance.now();
    const _id = { $in: due.slice(asked, asked + atOnce) };
    deleted += (await reach(() => collection.deleteMany({ _id }, notJournaled))).deletedCount;
    asked += atOnce;
    if (beside) await pause(performance.now() - started);
  }
  return { deleted, more: due.length === limit || asked < due.length };
}

async function findDue(collection: mongo.Collection<Ending>, now: Date, limit: number): Promise<string[]> {
  const query = collection.find({ purgeAt: { $lte: now } }, { projection: { _id: 1 }, sort: { purgeAt: 1 }, limit, batchSize: limit, singleBatch: true });
  return (await reach(() => query.toArray())).map(({ _id }) => _id);
}

async function hasLiving(collection: mongo.Collection<Ending>, now: Date): Promise<boolean> {
  return (await reach(() => collection.findOne({ purgeAt: { $gt: now } }, { projection: { _id: 1 } }))) !== null;
}

/** When what is due first is due. */
export async function oldestPurgeAt<Document extends Ending>(model: Model<Document>): Promise<Date | undefined> {
  const oldest = await reach(() => model.findOne({}, { purgeAt: 1 }).sort({ purgeAt: 1 }).lean<Pick<Ending, 'purgeAt'>>());
  return oldest?.purgeAt;
}
