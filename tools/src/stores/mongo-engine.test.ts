import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { MongoClient } from 'mongodb';
import { expect, onTestFinished, test } from 'vitest';

import { tempFolder } from '../testing/temp-folder.ts';
import { startMongo } from './mongo-engine.ts';

const TIMEOUT_MS = 60_000;

async function mongoIn(dataDir: string) {
  const mongo = await startMongo({ dataDir });
  onTestFinished(() => mongo.stop());
  return mongo;
}

async function visitorsOf(url: string) {
  const client = await new MongoClient(url, { serverSelectionTimeoutMS: 10_000 }).connect();
  onTestFinished(() => client.close());
  return client.db().collection<{ _id: number; name: string }>('visitors');
}

test('what mongodb acknowledged before a kill -9 is there after a restart, at the same url', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const first = await mongoIn(dataDir);
  const before = await visitorsOf(first.url('app'));
  for (let id = 0; id < 50; id += 1) await before.insertOne({ _id: id, name: `visitor ${id}` });
  await first.kill();
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

  const second = await mongoIn(dataDir);
  expect(second.url('app')).toBe(first.url('app'));
  const after = await visitorsOf(second.url('app'));
  expect(await after.countDocuments()).toBe(50);
});

test('a client of before the kill finds the restarted engine by itself', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const first = await mongoIn(dataDir);
  const visitors = await visitorsOf(first.url('app'));
  await visitors.insertOne({ _id: 1, name: 'one' });
  await first.kill();
  await mongoIn(dataDir);
  expect(await visitors.findOne({ _id: 1 })).toEqual({ _id: 1, name: 'one' });
});

test('mongodb is private and leaves no socket behind, stopped or killed', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const stopped = await mongoIn(dataDir);
  const folder = join(stopped.socketPath, '..');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await stopped.stop();
  expect(existsSync(folder)).toBe(false);

  const killed = await mongoIn(dataDir);
  await killed.kill();
  expect(existsSync(folder)).toBe(false);
});

test('a data folder too deep for a socket gets its socket elsewhere', { timeout: TIMEOUT_MS }, async () => {
  const mongo = await mongoIn(join(tempFolder(), 'deep'.repeat(30)));
  expect(Buffer.byteLength(mongo.socketPath)).toBeLessThan(104);
  const visitors = await visitorsOf(mongo.url('app'));
  await visitors.insertOne({ _id: 1, name: 'one' });
  await mongo.stop();
  expect(existsSync(join(mongo.socketPath, '..'))).toBe(false);
});
