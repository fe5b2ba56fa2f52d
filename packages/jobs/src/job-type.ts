import type { RetryPolicy } from './retry-policy.ts';

/** A kind of job, as the data that producer and consumer share. The handler lives with its worker. */
export interface JobType<Payload> {
  /** The queue, and the name of every job in it. */
  name: string;
  /** The payload that `value` is, or `undefined` when it is none: the queue is a border like any other. */
  parse: (value: unknown) => Payload | undefined;
  /** The same work always has the same id, so that it is queued once. No ":", not all digits. */
  idOf: (payload: Payload) => string;
  /** Whose jobs they are: where many wait, flows take turns. */
  flowOf: (payload: Payload) => string;
  retry: RetryPolicy;
  /** How long a job that is done, or failed for good, stays to be looked at. */
  keepDoneSeconds: number;
  keepFailedSeconds: number;
}

/** Everything of ours in Redis that BullMQ writes. The braces keep it in one slot of a cluster. */
export const queuePrefix = '{daypass}';
