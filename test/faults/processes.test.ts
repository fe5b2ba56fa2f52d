import { expect, test } from 'vitest';
import { faultCase, jobsInHand, lasting, letIn } from '../support/fault-case.ts';

test('a worker killed twenty times in the middle of its mails: none is lost', () =>
  faultCase({ name: 'worker killed 20 times', duplicates: 60 }, async (fire) => {
    // So that each mail takes a while and there is always one in hand.
    fire.smtp.set({ mode: 'slow', delayMs: 30 });
    for (let kills = 0; kills < 20; kills += 1) {
      await expect.poll(() => jobsInHand(fire), { interval: 5, timeout: 30_000 }).toBeGreaterThan(1);
      const [oldest] = fire.running('mailer-worker');
      if (oldest) await fire.kill('mailer-worker', oldest);
      await fire.start('mailer-worker');
      fire.books.faultEnded();
    }
    fire.smtp.set({ mode: 'pass' });
  }));

test('APIs killed one after the other: visitors get in through those that run', () =>
  faultCase({ name: 'API killed 6 times', apis: 3, perSecond: 20 }, async (fire) => {
    for (let kills = 0; kills < 6; kills += 1) {
      const [oldest] = fire.running('api');
      if (oldest) await fire.kill('api', oldest);
      fire.books.faultEnded();
      await letIn(fire.books, fire.books.entries.size + 20);
      await fire.start('api');
    }
  }));

test('the sweeper killed five times in the middle of a batch: what is due goes, and nothing else', () =>
  faultCase({ name: 'sweeper killed 5 times' }, async (fire) => {
    const challenges = fire.system.mongo.collection<{ _id: string; purgeAt: Date }>('challenges');
    const due = Array.from({ length: 40_000 }, (_, number) => ({ _id: `due-${number}`, purgeAt: new Date(Date.now() - 3_600_000 - number) }));
    for (let at = 0; at < due.length; at += 5_000) await challenges.insertMany(due.slice(at, at + 5_000));
    const left = () => challenges.countDocuments({ _id: /^due-/ });

    for (let kills = 0; kills < 5; kills += 1) {
      const before = await left();
      const starting = fire.start('sweeper');
      await expect.poll(left, { interval: 5, timeout: 30_000 }).toBeLessThan(before);
      await fire.kill('sweeper', await starting);
      expect(await left()).toBeGreaterThan(0);
      fire.books.faultEnded();
    }
    await fire.start('sweeper');
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    await lasting(1_000);
  }));
