import { cleanFinishedJobs, finishedJobsLagSeconds } from '@daypass/jobs/clean-finished-jobs';
import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import type { Producer } from '@daypass/jobs/producer';
import type { Sweep } from '../sweep.ts';

const batchSize = 1_000;

/** Jobs that are done, or failed for good, and have been kept long enough to be looked at. */
export function finishedJobs(producer: Producer<CodeIssue>, now: () => Date): Sweep {
  return {
    name: 'finished-jobs',
    does: 'delete',
    schedule: '0 * * * * *',
    async runBatch() {
      const { deleted, more } = await cleanFinishedJobs(codeIssue, producer, batchSize);
      return { done: deleted, more };
    },
    lagSeconds: () => finishedJobsLagSeconds(codeIssue, producer, now()),
  };
}
