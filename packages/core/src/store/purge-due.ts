import { setTimeout as pause } from 'node:timers/promises';
import type { Model, mongo } from 'mongoose';
import { reach } from './reach.ts';

/** What stands behind the sweeper, in case none runs: MongoDB's own deletes, a day late. */
export const ttlSlackSeconds = 24 * 60 * 60;

export interface PurgedBatch {
  deleted: number;
  /** Whether there may be more. */
  more: boolean;
}

interface Ending {
  _id: string;
  purgeAt: Date;
}

/** Where somebody may come with a code: who does waits for these, and comes in between. */
const besideVisitors = { foundAtOnce: 200, deletedAtOnce: 20, pauseMs: 5 };

/** A delete that a power cut undoes is done again by the next sweep: nobody waits for the journal. */
const notJournaled = { writeConcern: { journal: false } };

/**
 * Deletes what is due, the oldest first, some `limit` documents (what is due in the same millisecond goes together): all at
 * once while nothing else is there, and a few at a time while something is alive that somebody may come for. By when they are
 * due and not by their ids: the index alone says how far to go, and what was put off in the meantime stays.
 */
export async function purgeDue<Document extends Ending>(model: Model<Document>, now: Date, limit: number): Promise<PurgedBatch> {
  const collection = model.collection as unknown as mongo.Collection<Ending>;
  const beside = await hasLiving(collection, now);
  const foundAtOnce = beside ? Math.min(limit, besideVisitors.foundAtOnce) : limit;
  const deletedAtOnce = beside ? besideVisitors.deletedAtOnce : limit;
  const due = await findDue(collection, now, foundAtOnce);
  let deleted = 0;
  for (let from = 0; from < due.length; from += deletedAtOnce) {
    const purgeAt = { $gte: due[from] ?? now, $lte: due[from + deletedAtOnce - 1] ?? due.at(-1) ?? now };
    deleted += (await reach(() => collection.deleteMany({ purgeAt }, notJournaled))).deletedCount;
    if (beside) await pause(besideVisitors.pauseMs);
  }
  return { deleted, more: due.length === foundAtOnce };
}

/** When those that are due first are due. */
async function findDue(collection: mongo.Collection<Ending>, now: Date, limit: number): Promise<Date[]> {
  const fromIndexAlone = { projection: { _id: 0, purgeAt: 1 }, sort: { purgeAt: 1 } } as const;
  const query = collection.find({ purgeAt: { $lte: now } }, { ...fromIndexAlone, limit, batchSize: limit, singleBatch: true });
  return (await reach(() => query.toArray())).map(({ purgeAt }) => purgeAt);
}

async function hasLiving(collection: mongo.Collection<Ending>, now: Date): Promise<boolean> {
  return (await reach(() => collection.findOne({ purgeAt: { $gt: now } }, { projection: { _id: 1 } }))) !== null;
}

/** When what is due first is due. */
export async function oldestPurgeAt<Document extends Ending>(model: Model<Document>): Promise<Date | undefined> {
  const oldest = await reach(() => model.findOne({}, { purgeAt: 1 }).sort({ purgeAt: 1 }).lean<Pick<Ending, 'purgeAt'>>());
  return oldest?.purgeAt;
}
