import { expect, test } from 'vitest';
import { faultCase, jobsInHand } from '../../support/fault-case.ts';

test('a worker killed in the middle of its mails: another one sends them', () =>
  faultCase({ name: 'worker killed', apis: 1, workers: 1, duplicates: 10 }, async (fire) => {
    fire.smtp.set({ mode: 'slow', delayMs: 30 });
    await expect.poll(() => jobsInHand(fire), { interval: 5 }).toBeGreaterThan(2);
    for (const worker of fire.running('mailer-worker')) await fire.kill('mailer-worker', worker);
    fire.smtp.set({ mode: 'pass' });
    await fire.start('mailer-worker');
    fire.books.faultEnded();
  }));
