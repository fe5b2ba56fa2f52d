import type { mongo } from 'mongoose';
import { reach } from './reach.ts';

/** The documents with these ids, as many as there are, by one query and by id. */
export async function findByIds<Document extends { _id: string }>(
  collection: mongo.Collection<Document>,
  ids: readonly string[],
  projection?: Partial<Record<keyof Document, 0 | 1>>,
): Promise<Map<string, mongo.WithId<Document>>> {
  if (ids.length === 0) return new Map();
  const wanted = { _id: { $in: ids } } as unknown as mongo.Filter<Document>;
  const query = collection.find(wanted, { limit: ids.length, singleBatch: true, ...(projection && { projection }) });
  return new Map((await reach(() => query.toArray())).map((document) => [document._id, document]));
}
