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
  const options = { limit: ids.length, singleBatch: true, ...(projection && { projection }) };
  // Before the first connection mongoose does not even take the query.
  const documents = await reach(async () => collection.find(wanted, options).toArray());
  return new Map(documents.map((document) => [document._id, document]));
}
