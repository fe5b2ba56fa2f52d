import { expect, test } from 'vitest';
import { faultCase, jobsInHand, lasting, letIn } from '../support/fault-case.ts';
import { preload } from '../support/preload.ts';

// Its locks end after 10 s, and the others look every 5 s; its leases last for 17.5 s at least.
const blockMs = 16_000;

test('an event loop that stands still past its lock: the lease keeps others from sending the same mails', () =>
  faultCase({ name: 'worker blocked 16 s', workers: 0 }, async (fire) => {
    const blocked = await fire.start('mailer-worker', preload('block-on-signal', { BLOCK_MS: String(blockMs) }));
    await letIn(fire.books, 5);
    fire.smtp.set({ mode: 'slow', delayMs: 100 });
    await expect.poll(() => jobsInHand(fire)).toBeGreaterThan(3); // All of them its own.
    process.kill(blocked.pid, 'SIGUSR2');
    const blockedUntil = lasting(blockMs);
    const other = await fire.start('mailer-worker');
    await blockedUntil;
    fire.smtp.set({ mode: 'pass' });
    fire.books.faultEnded();

    // Otherwise no job was given to the other one, and nothing is shown.
    expect(other.output.filter((line) => line.includes('mail leased')).length).toBeGreaterThan(0);
  }));
