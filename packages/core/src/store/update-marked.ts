import { mongo } from 'mongoose';
import { findByIds } from './find-by-ids.ts';
import { reach } from './reach.ts';

/** An update of a document that has not changed since it was read. */
export interface MarkedUpdate {
  id: string;
  /** What has to hold of the document still. */
  unchanged: object;
  update: { $set: object; $unset?: object; $inc?: object };
}

/**
 * Carries updates out with one command, and tells of each whether its document was unchanged: with it `mark` is set, a field that
 * says by which update a document came to be what it is. It is read only where some of a command were and some were not.
 */
export async function updateMarked<Document extends { _id: string }>(
  collection: mongo.Collection<Document>,
  mark: keyof Document & string,
  updates: readonly MarkedUpdate[],
): Promise<boolean[]> {
  if (updates.length === 0) return [];
  const marked = updates.map((one) => ({ ...one, by: new mongo.ObjectId() }));
  const { modifiedCount } = await reach(() =>
    collection.bulkWrite(
      marked.map(({ id, unchanged, update, by }) => ({
        updateOne: {
          filter: { _id: id, ...unchanged } as unknown as mongo.Filter<Document>,
          update: { ...update, $set: { ...update.$set, [mark]: by } } as mongo.UpdateFilter<Document>,
        },
      })),
      { ordered: false },
    ),
  );
  if (modifiedCount === updates.length) return updates.map(() => true);
  if (modifiedCount === 0) return updates.map(() => false);

  // Some of them: each document says by whom.
  const onlyMark = { [mark]: 1 } as Partial<Record<keyof Document, 1>>;
  const found = await findByIds(collection, updates.map(({ id }) => id), onlyMark);
  return marked.map(({ id, by }) => {
    const left: unknown = found.get(id)?.[mark as keyof mongo.WithId<Document>];
    return left instanceof mongo.ObjectId && left.equals(by);
  });
}
