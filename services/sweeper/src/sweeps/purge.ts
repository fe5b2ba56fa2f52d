import type { PurgedBatch } from '@daypass/core/store/purge-due';
import type { Sweep } from '../sweep.ts';

// What is looked up at a time. Fewer waste round trips.
const batchSize = 1_000;

/** What is over by this machine's clock may still be alive by another's. */
const clockMarginMs = 120_000;

/** Deletes the documents of one collection that are past their `purgeAt`. */
export function purge(options: {
  name: string;
  schedule: string;
  /** Deletes what is due, the oldest first. */
  purgeDue: (now: Date, limit: number) => Promise<PurgedBatch>;
  oldestPurgeAt: () => Promise<Date | undefined>;
  now: () => Date;
}): Sweep {
  const { name, schedule, purgeDue, oldestPurgeAt, now } = options;
  const dueBy = () => now().getTime() - clockMarginMs;
  return {
    name,
    does: 'delete',
    schedule,
    async runBatch() {
      const { deleted, more } = await purgeDue(new Date(dueBy()), batchSize);
      return { done: deleted, more };
    },
    async lagSeconds() {
      const due = await oldestPurgeAt();
      return due ? Math.max(0, (dueBy() - due.getTime()) / 1000) : 0;
    },
  };
}
