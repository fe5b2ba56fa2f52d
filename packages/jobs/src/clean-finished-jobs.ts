import type { JobType } from './job-type.ts';
import type { Producer } from './producer.ts';

/**
 * Removes finished jobs past their age, at most `limit` of each kind. BullMQ itself does so only when another job of
 * the same kind finishes, which on a quiet night is never.
 */
export async function cleanFinishedJobs<Payload>(
  type: JobType<Payload>,
  { queue }: Producer<Payload>,
  limit: number,
): Promise<{ deleted: number; more: boolean }> {
  const done = await queue.clean(type.keepDoneSeconds * 1000, limit, 'completed');
  const failed = await queue.clean(type.keepFailedSeconds * 1000, limit, 'failed');
  return { deleted: done.length + failed.length, more: done.length === limit || failed.length === limit };
}

/** How far the cleaning is behind: by how much the oldest finished job has outstayed its time, in seconds. */
export async function finishedJobsLagSeconds<Payload>(
  type: JobType<Payload>,
  { queue }: Producer<Payload>,
  now: Date,
): Promise<number> {
  const [[done], [failed]] = await Promise.all([
    queue.getJobs(['completed'], 0, 0, true),
    queue.getJobs(['failed'], 0, 0, true),
  ]);
  const overdue = (finishedOn: number | undefined, keepSeconds: number) =>
    finishedOn === undefined ? 0 : (now.getTime() - finishedOn) / 1000 - keepSeconds;
  return Math.max(0, overdue(done?.finishedOn, type.keepDoneSeconds), overdue(failed?.finishedOn, type.keepFailedSeconds));
}
