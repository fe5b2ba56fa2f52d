import { Queue, SpanKind, type Telemetry } from 'bullmq';
import type { Cluster, Redis, Result } from 'ioredis';
import { gatedJobScript, jobKeys } from './gated-job-script.ts';
import { queuePrefix, type JobType } from './job-type.ts';
import { QueueUnavailable } from './queue-unavailable.ts';

/** What a gate is asked with: see {@link Producer.behind}. */
export interface GateQuestion {
  keys: readonly string[];
  args: readonly (string | number)[];
}

export interface Producer<Payload> {
  /** Resolves once Redis holds the job; adding the same work again does nothing. Throws {@link QueueUnavailable}. */
  add(payload: Payload): Promise<void>;
  /**
   * Adds jobs only where a gate lets them through: a Lua function that answers a table of numbers, with 1 in front for yes. It is
   * asked in the script that adds the job, so that what it charges and the job are there both or not at all, and in one
   * round trip. Its keys belong in the queue's slot. Resolves to the gate's answer; throws {@link QueueUnavailable}.
   *
   * A `lane` parts the jobs of a flow ({@link JobType.flowOf}): where many wait, each lane has its turns.
   */
  behind(gate: string): (question: GateQuestion, payload: Payload, lane?: number) => Promise<number[]>;
  /** For those who look at the queue: a dashboard, metrics. */
  queue: Queue;
  close(): Promise<void>;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    addJob(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
    addGatedJob(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number[], Context>;
  }
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
  const jobOptions = {
    attempts: type.retry.attempts,
    backoff: { type: 'policy' },
    removeOnComplete: { age: type.keepDoneSeconds },
    removeOnFail: { age: type.keepFailedSeconds },
    stackTraceLimit: 0, // A stack begins with the error's message.
  };
  const queue = new Queue(type.name, {
    connection,
    prefix: queuePrefix,
    ...(telemetry && { telemetry }),
    // Together these three make `add` fail at once while Redis is away and work again when it is back.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
    defaultJobOptions: jobOptions,
  });
  queue.on('error', onError);
  const keys = jobKeys.map((key) => queue.toKey(key));

  function adder(command: 'addJob' | 'addGatedJob', gate: string): ReturnType<Producer<Payload>['behind']> {
    connection.defineCommand(command, { lua: gatedJobScript(gate) });
    const add = (question: GateQuestion, payload: Payload, lane: number | undefined, tm?: string) => {
      const jobId = type.idOf(payload);
      const options = JSON.stringify({ ...jobOptions, jobId, tm });
      const flow = lane === undefined ? type.flowOf(payload) : `${type.flowOf(payload)} ${lane}`;
      const ownKeys = [...keys, queue.toKey(jobId)];
      const ownArguments = [jobId, type.name, Date.now(), JSON.stringify(payload), options, flow];
      const keyCount = question.keys.length + ownKeys.length;
      return connection[command](keyCount, ...question.keys, ...ownKeys, ...question.args, ...ownArguments);
    };
    if (!telemetry) return (question, payload, lane) => reach(() => add(question, payload, lane));
    return (question, payload, lane) =>
      reach(() =>
        // As BullMQ's own `add` does it.
        queue.trace(SpanKind.PRODUCER, 'add', `${type.name}.${type.name}`, async (_span, metadata) => add(question, payload, lane, metadata)),
      );
  }
  const addUnasked = adder('addJob', 'return { 1 }');

  return {
    queue,
    add: (payload) => addUnasked({ keys: [], args: [] }, payload).then(() => undefined),
    behind: (gate) => adder('addGatedJob', gate),
    close: () => queue.close(),
  };
}

async function reach<T>(command: () => Promise<T | Promise<T>>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new QueueUnavailable('the queue does not take the job', { cause: error });
  }
}
