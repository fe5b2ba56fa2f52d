import type { Connection, Model } from 'mongoose';
import { reach } from './reach.ts';

/** How much there is of one kind of thing. */
export interface Inventory {
  kind: string;
  count: number;
  /** What ends first, and since when it is there. */
  first?: { since: Date; purgeAt: Date };
}

export async function takeInventory<Document extends { purgeAt: Date }>(
  kind: string,
  model: Model<Document>,
  sinceOf: (document: Document) => Date,
): Promise<Inventory> {
  const [count, first] = await Promise.all([
    reach(() => model.estimatedDocumentCount()),
    reach(() => model.findOne({}).sort({ purgeAt: 1 }).lean<Document>()),
  ]);
  return { kind, count, ...(first && { first: { since: sinceOf(first), purgeAt: first.purgeAt } }) };
}

export async function describeDatabase(connection: Connection): Promise<{ version: string; writeConcern: string | number | undefined }> {
  const info = await reach(async () => connection.db?.command({ buildInfo: 1 }));
  const writeConcern = connection.getClient().writeConcern?.w;
  return { version: String(info?.['version'] ?? 'unknown'), writeConcern: typeof writeConcern === 'object' ? undefined : writeConcern };
}
