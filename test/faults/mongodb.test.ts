import { expect, test } from 'vitest';
import { faultCase, lasting } from '../support/fault-case.ts';

test('MongoDB killed five times in a row', () =>
  faultCase({ name: 'MongoDB killed 5 times', sweepers: 1, duplicates: 50 }, async ({ mongo, books }) => {
    for (let kills = 0; kills < 5; kills += 1) {
      await mongo.kill();
      await lasting(500 * kills);
      await mongo.restart();
      books.faultEnded();
      await expect.poll(() => books.recovered(), { timeout: 60_000 }).toBe(true);
    }
  }));

test('MongoDB silent for 14 s', () =>
  faultCase({ name: 'MongoDB stalled 14 s', sweepers: 1, duplicates: 20 }, async ({ mongo, books }) => {
    mongo.way.set({ mode: 'stall' });
    await lasting(14_000);
    mongo.way.set({ mode: 'pass' });
    books.faultEnded();
  }));

test('connections to MongoDB that a firewall forgot: nobody hangs on to them', () =>
  faultCase({ name: 'MongoDB connections forgotten', sweepers: 1, duplicates: 20 }, async ({ mongo, books }) => {
    mongo.way.set({ mode: 'freeze' });
    mongo.way.set({ mode: 'pass' });
    books.faultEnded();
  }));

test('MongoDB gone at boot', () =>
  faultCase({ name: 'MongoDB gone at boot', apis: 0, workers: 0 }, async (fire) => {
    await fire.mongo.kill();
    // A sweeper says that it runs only when it has something to sweep.
    const sweeper = fire.start('sweeper');
    await Promise.all([fire.start('api'), fire.start('mailer-worker'), fire.start('mailer-worker')]);
    await lasting(3_000);
    await fire.mongo.restart();
    fire.books.faultEnded();
    await sweeper;
  }));
