import type { Queue } from 'bullmq';

/** States in which a job still has something ahead of it, or is kept to be looked at. */
export const jobStates = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const;
export type JobState = (typeof jobStates)[number];

/** How a queue stands. */
export interface QueueReading {
  counts: Record<JobState, number>;
  /** Age of the job that has been there longest, by state; 0 where there is none. */
  oldestAgeSeconds: Record<'waiting' | 'active' | 'delayed', number>;
}

/**
 * Reads depth and age. Age is what tells that workers are stuck: depth alone looks the same on a busy day, and stuck
 * workers say nothing themselves.
 */
export async function readQueue(queue: Queue, now: Date): Promise<QueueReading> {
  const [counts, waiting, inTurns, active, delayed] = await Promise.all([
    queue.getJobCounts(...jobStates, 'prioritized'),
    ageOfOldest(queue, 'waiting', now),
    ageOfOldest(queue, 'prioritized', now),
    ageOfOldest(queue, 'active', now),
    ageOfOldest(queue, 'delayed', now),
  ]);
  const count = (state: JobState | 'prioritized') => counts[state] ?? 0;
  return {
    counts: {
      // BullMQ calls those prioritized that take turns.
      waiting: count('waiting') + count('prioritized'),
      active: count('active'),
      delayed: count('delayed'),
      failed: count('failed'),
      completed: count('completed'),
    },
    oldestAgeSeconds: { waiting: Math.max(waiting, inTurns), active, delayed },
  };
}

/**
 * Delayed jobs are ordered by when they are due, which for retries is close to the order they came in; those that take
 * turns by their turns, of which the first is that of the longest line.
 */
async function ageOfOldest(queue: Queue, state: 'waiting' | 'prioritized' | 'active' | 'delayed', now: Date): Promise<number> {
  const [oldest] = await queue.getJobs([state], 0, 0, true);
  // A job may be gone between being listed and being read.
  if (!oldest) return 0;
  return Math.max(0, (now.getTime() - oldest.timestamp) / 1000);
}
