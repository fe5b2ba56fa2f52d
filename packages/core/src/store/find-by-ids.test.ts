import { createConnection, type mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { findByIds } from './find-by-ids.ts';

test('before the first connection the database is unavailable', async () => {
  const connection = createConnection();
  const nobodyListens = 'mongodb://127.0.0.1:1/nowhere';
  await expect(connection.openUri(nobodyListens, { bufferCommands: false, serverSelectionTimeoutMS: 50 })).rejects.toMatchObject({ name: 'MongooseServerSelectionError' });
  const collection = connection.collection('challenges') as unknown as mongo.Collection<{ _id: string }>;
  await expect(findByIds(collection, ['one'])).rejects.toMatchObject({ code: 'unavailable' });
  await connection.close();
});
