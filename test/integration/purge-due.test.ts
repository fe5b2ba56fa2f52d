import { randomBytes } from 'node:crypto';
import { challengeModel } from '@daypass/core/store/challenge-model';
import { createChallengeStore } from '@daypass/core/store/challenge-store';
import { purgeDue } from '@daypass/core/store/purge-due';
import mongoose, { type mongo } from 'mongoose';
import { expect, onTestFinished, test } from 'vitest';
import { newChallenge, times } from '../support/challenge-contract.ts';
import { at } from '../support/domain.ts';
import { databaseUrl } from '../support/stores.ts';

/** A collection of challenges, and the deletes that the database is asked for. */
async function watchedChallenges() {
  const connection = await mongoose.createConnection(databaseUrl(`purge-${randomBytes(6).toString('hex')}`), { monitorCommands: true }).asPromise();
  onTestFinished(async () => {
    await connection.dropDatabase();
    await connection.close();
  });
  const model = challengeModel(connection);
  const { challenges } = createChallengeStore(model);
  const deletes: { documents: number; journaled: boolean }[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }: mongo.CommandStartedEvent) => {
    if (commandName === 'delete') deletes.push({ documents: command['deletes'][0].q._id.$in.length, journaled: command['writeConcern']?.j !== false });
  });
  return { model, deletes, open: (count: number, purgeAt: Date) => times(count, () => challenges.open(newChallenge({ purgeAt }))) };
}

test('where nothing is alive all that is due is deleted with one command, which waits for no journal', async () => {
  const { model, deletes, open } = await watchedChallenges();
  await open(50, at(1));
  expect(await purgeDue(model, at(2), 100)).toEqual({ deleted: 50, more: false });
  expect(deletes).toEqual([{ documents: 50, journaled: false }]);
});

test('where somebody may come with a code it is deleted a few at a time, and what is alive stays', async () => {
  const { model, deletes, open } = await watchedChallenges();
  await open(50, at(1));
  await open(1, at(99));
  expect(await purgeDue(model, at(2), 100)).toEqual({ deleted: 50, more: false });
  expect(deletes.map(({ documents }) => documents)).toEqual([20, 20, 10]);
  expect(await model.countDocuments()).toBe(1);
});
