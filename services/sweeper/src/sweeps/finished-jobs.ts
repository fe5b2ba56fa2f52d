import { cleanFinishedJobs } from '@daypass/jobs/clean-finished-jobs';
import type { CodeIssue } from '@daypass/jobs/code-issue';
import { codeIssue } from '@daypass/jobs/code-issue';
import type { Producer } from '@daypass/jobs/producer';
import type { Sweep } from '../sweep.ts';

const batchSize = 1_000;

/** Jobs that are done, or failed for good, and have been kept long enough to be looked at. */
export function finishedJobs(producer: Producer<CodeIssue>): Sweep {
  return {
    name: 'finished-jobs',
    schedule: '0 * * * * *',
    deleteBatch: () => cleanFinishedJobs(codeIssue, producer, batchSize),
  };
}
