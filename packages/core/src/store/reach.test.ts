import { mongo } from 'mongoose';
import { expect, test } from 'vitest';
import { reach } from './reach.ts';

const { MongoBulkWriteError, MongoNetworkError, MongoServerError } = mongo;
const none = { insertedCount: 0 } as mongo.BulkWriteResult;

test.each([
  ['a connection that is lost', new MongoNetworkError('connection 1 to 127.0.0.1:27017 closed')],
  ['a connection that is lost under several writes', new MongoBulkWriteError(new MongoNetworkError('connection 1 to 127.0.0.1:27017 closed'), none)],
  ['a socket that is reset', Object.assign(new Error('read ECONNRESET'), { syscall: 'read' })],
])('%s: the database is unavailable', async (_, error) => {
  await expect(reach(() => Promise.reject(error))).rejects.toMatchObject({ code: 'unavailable', cause: error });
});

test.each([
  ['a write that the server refuses', new MongoServerError({ message: 'no such operator', code: 9 })],
  ['several writes that the server refuses', new MongoBulkWriteError({ message: 'no such operator', code: 9 }, none)],
])('%s: a fault of ours, which passes through', async (_, error) => {
  await expect(reach(() => Promise.reject(error))).rejects.toBe(error);
});
