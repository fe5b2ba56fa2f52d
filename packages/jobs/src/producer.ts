import { Queue, type Telemetry } from 'bullmq';
import type { Cluster, Redis } from 'ioredis';
import { queuePrefix, type JobType } from './job-type.ts';
import { QueueUnavailable } from './queue-unavailable.ts';

export interface Producer<Payload> {
  /** Resolves once Redis holds the job; adding the same work again does nothing. Throws {@link QueueUnavailable}. */
  add(payload: Payload): Promise<void>;
  /** For those who look at the queue: a dashboard, metrics. */
  queue: Queue;
  close(): Promise<void>;
}

/**
 * The side that fails fast. `connection` must be one that does so too (no offline queue, a command timeout): a
 * request is waiting for the answer.
 *
 * @param onError told of connection trouble, which BullMQ also reports between calls
 * @param telemetry carries traces along with jobs
 */
export function createProducer<Payload>(
  type: JobType<Payload>,
  connection: Redis | Cluster,
  { onError, telemetry }: { onError: (error: Error) => void; telemetry?: Telemetry | undefined },
): Producer<Payload> {
  const queue = new Queue(type.name, {
    connection,
    prefix: queuePrefix,
    ...(telemetry && { telemetry }),
    // Together these three make `add` fail at once while Redis is away and work again when it is back.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
    defaultJobOptions: {
      attempts: type.retry.attempts,
      backoff: { type: 'policy' },
      removeOnComplete: { age: type.keepDoneSeconds },
      removeOnFail: { age: type.keepFailedSeconds },
      stackTraceLimit: 0, // A stack begins with the error's message.
    },
  });
  queue.on('error', onError);

  return {
    queue,
    async add(payload) {
      try {
        await queue.add(type.name, payload, { jobId: type.idOf(payload) });
      } catch (error) {
        throw new QueueUnavailable('the queue does not take the job', { cause: error });
      }
    },
    close: () => queue.close(),
  };
}
