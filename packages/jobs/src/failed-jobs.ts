import type { JobType } from './job-type.ts';
import type { Producer } from './producer.ts';
import { readableReason } from './readable-reason.ts';

/** A job that was given up, and is kept to be looked at. Nothing in it can be read that was sealed. */
export interface FailedJob<Payload> {
  id: string;
  /** Absent where it was none of ours. */
  payload?: Payload;
  /** The short name that the handler gave, or the queue. */
  reason: string;
  queuedAt: Date;
  failedAt: Date;
  /** Has it tried again. False when it has gone, or somebody else was faster. */
  retry(): Promise<boolean>;
}

/** Those that failed last, at most `limit`. */
export async function failedJobs<Payload>(type: JobType<Payload>, { queue }: Producer<Payload>, limit: number): Promise<FailedJob<Payload>[]> {
  const jobs = await queue.getJobs(['failed'], 0, limit - 1);
  return jobs.map((job) => {
    const payload = type.parse(job.data);
    return {
      id: /^[\w.-]{1,80}$/.test(job.id ?? '') ? (job.id ?? '') : 'unreadable',
      ...(payload !== undefined && { payload }),
      reason: readableReason(job.failedReason),
      queuedAt: new Date(job.timestamp),
      failedAt: new Date(job.finishedOn ?? job.timestamp),
      retry: () => job.retry('failed').then(() => true, () => false),
    };
  });
}
