import { randomBytes } from 'node:crypto';
import { challengeModel } from '@daypass/core/store/challenge-model';
import { createChallengeStore } from '@daypass/core/store/challenge-store';
import { purgeDue } from '@daypass/core/store/purge-due';
import { createSuppressionStore } from '@daypass/core/store/suppression-store';
import { suppressionModel } from '@daypass/core/store/suppression-model';
import mongoose, { type mongo } from 'mongoose';
import { expect, onTestFinished, test } from 'vitest';
import { newChallenge, times } from '../support/challenge-contract.ts';
import { at } from '../support/domain.ts';
import { databaseUrl } from '../support/stores.ts';

/** A database of its own, and what is asked of it. */
async function watchedDatabase() {
  const connection = await mongoose.createConnection(databaseUrl(`purge-${randomBytes(6).toString('hex')}`), { monitorCommands: true }).asPromise();
  onTestFinished(async () => {
    await connection.dropDatabase();
    await connection.close();
  });
  const deletes: { documents: number; journaled: boolean }[] = [];
  let begun: mongo.Document = {};
  connection
    .getClient()
    .on('commandStarted', ({ command }) => (begun = command))
    .on('commandSucceeded', ({ commandName, reply }) => {
      if (commandName === 'delete') deletes.push({ documents: (reply as { n: number }).n, journaled: begun['writeConcern']?.j !== false });
    });
  return { connection, deletes };
}

async function watchedChallenges() {
  const { connection, deletes } = await watchedDatabase();
  const model = challengeModel(connection);
  await model.createIndexes();
  const { challenges } = createChallengeStore(model);
  return {
    model,
    deletes,
    /** One that is due every millisecond. */
    openDue: (count: number) => times(count, (index) => challenges.open(newChallenge({ purgeAt: at(1 + index / 1000) }))),
    openAlive: () => challenges.open(newChallenge({ purgeAt: at(99) })),
  };
}

test('where nothing is alive all that is due is deleted with one command, which waits for no journal', async () => {
  const { model, deletes, openDue } = await watchedChallenges();
  await openDue(50);
  expect(await purgeDue(model, at(2), 100)).toEqual({ deleted: 50, more: false });
  expect(deletes).toEqual([{ documents: 50, journaled: false }]);
});

test('no more than the limit is deleted at a time', async () => {
  const { model, deletes, openDue } = await watchedChallenges();
  await openDue(50);
  const batches = [await purgeDue(model, at(2), 20), await purgeDue(model, at(2), 20), await purgeDue(model, at(2), 20)];
  expect(batches).toEqual([
    { deleted: 20, more: true },
    { deleted: 20, more: true },
    { deleted: 10, more: false },
  ]);
  expect(deletes.map(({ documents }) => documents)).toEqual([20, 20, 10]);
});

test('where somebody may come with a code it is deleted a few at a time, and what is alive stays', async () => {
  const { model, deletes, openDue, openAlive } = await watchedChallenges();
  await openDue(50);
  await openAlive();
  expect(await purgeDue(model, at(2), 100)).toEqual({ deleted: 50, more: false });
  expect(deletes.map(({ documents }) => documents)).toEqual([20, 20, 10]);
  expect(await model.countDocuments()).toBe(1);
});

test('beside visitors a batch ends after 200, so that another sweeper or a stop has its turn', async () => {
  const { model, deletes, openDue, openAlive } = await watchedChallenges();
  await openDue(250);
  await openAlive();
  expect(await purgeDue(model, at(2), 1_000)).toEqual({ deleted: 200, more: true });
  expect(deletes.map(({ documents }) => documents)).toEqual(Array(10).fill(20));
});

test('what is due in the same millisecond goes together', async () => {
  const { model, openDue } = await watchedChallenges();
  await openDue(1);
  await openDue(1);
  await openDue(1);
  expect(await purgeDue(model, at(2), 2)).toEqual({ deleted: 3, more: true });
  expect(await purgeDue(model, at(2), 2)).toEqual({ deleted: 0, more: false });
});

test('an address that is suppressed again while it is swept stays suppressed', async () => {
  const { connection } = await watchedDatabase();
  const model = suppressionModel(connection);
  await model.createIndexes();
  const { suppress, isSuppressed } = createSuppressionStore(model);
  const suppressAll = (now: Date, until: Date) => times(200, (index) => suppress(`address-${index}`, now, until));
  for (let round = 0; round < 5; round += 1) {
    await model.deleteMany({});
    await suppressAll(at(0), at(1));
    await Promise.all([purgeDue(model, at(2), 1_000), suppressAll(at(2), at(99))]);
    expect(await times(200, (index) => isSuppressed(`address-${index}`, at(2)))).toEqual(Array(200).fill(true));
  }
});
