import type { Job, Queue } from 'bullmq';
import { readSetbacks } from './setbacks.ts';

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
  const [counts, line, turns, active, due, dueLast] = await Promise.all([
    queue.getJobCounts(...jobStates, 'prioritized'),
    jobsOf(queue, 'waiting'),
    // BullMQ calls those prioritized that take turns.
    jobsOf(queue, 'prioritized'),
    jobsOf(queue, 'active'),
    jobsOf(queue, 'delayed'),
    jobsOf(queue, 'delayed', 'from the end'),
  ]);
  const count = (state: JobState | 'prioritized') => counts[state] ?? 0;
  return {
    counts: {
      waiting: count('waiting') + count('prioritized'),
      active: count('active'),
      delayed: count('delayed'),
      failed: count('failed'),
      completed: count('completed'),
    },
    oldestAgeSeconds: {
      waiting: ageOfOldest([...inLine(line), ...inLine(turns)], now),
      active: ageOfOldest(active, now),
      // They are ordered by when they are due: the oldest may be due first, or have been put off for longest.
      delayed: ageOfOldest([...due, ...dueLast], now),
    },
  };
}

/** So many jobs of a list are looked at. */
const looked = 50;

async function jobsOf(queue: Queue, state: 'waiting' | 'prioritized' | 'active' | 'delayed', from?: 'from the end'): Promise<Job[]> {
  const jobs: (Job | undefined)[] = await queue.getJobs([state], 0, looked - 1, from === undefined);
  // One may be gone between being listed and being read.
  return jobs.filter((job) => job !== undefined);
}

/**
 * Those that tell how long a line is. The first may be younger than others: flows take turns. One that has come back
 * after it was put off has not waited here for as long as it is old, and tells something only when it is the first.
 */
function inLine(jobs: readonly Job[]): Job[] {
  return jobs.filter(({ progress }, place) => place === 0 || readSetbacks(progress).reason === undefined);
}

function ageOfOldest(jobs: readonly Job[], now: Date): number {
  return Math.max(0, ...jobs.map(({ timestamp }) => (now.getTime() - timestamp) / 1000));
}
