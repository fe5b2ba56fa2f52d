import { Queue, SpanKind, type Telemetry } from 'bullmq';
import type { Cluster, Redis, Result } from 'ioredis';
import { gatedJobScript, jobKeys, type Gate } from './gated-job-script.ts';
import { queuePrefix, type JobType } from './job-type.ts';
import { QueueUnavailable } from './queue-unavailable.ts';
import { withdrawalKeys, withdrawnJobScript } from './withdrawn-job-script.ts';

/** What a gate is asked with: see {@link Producer.behind}. */
export interface GateQuestion {
  keys: readonly string[];
  args: readonly (string | number)[];
}

export interface Producer<Payload> {
  /** Resolves once Redis holds the job; adding the same work again does nothing. Throws {@link QueueUnavailable}. */
  add(payload: Payload): Promise<void>;
  /**
   * Adds jobs only where a gate lets them through. It is asked in the script that adds the job, so that what it charges and
   * the job are there both or not at all, and in one round trip. Its keys belong in the queue's slot, and it is asked with
   * the same number of keys and of arguments each time. Resolves to the gate's answer; throws {@link QueueUnavailable}.
   *
   * A `lane` parts the jobs of a flow ({@link JobType.flowOf}): where many wait, each lane has its turns.
   */
  behind(gate: Gate): (question: GateQuestion, payload: Payload, lane?: number) => Promise<number[]>;
  /**
   * Withdraws a job, for when it is not known whether it was added: Redis may still do what it did not answer in time. In
   * the same moment a Lua function undoes what the gate has charged. Resolves to false, and nothing is undone, when
   * somebody has the job in hand. Throws {@link QueueUnavailable}.
   */
  withdrawing(undo: string): (question: GateQuestion, payload: Payload) => Promise<boolean>;
  /** For those who look at the queue: a dashboard, metrics. */
  queue: Queue;
  close(): Promise<void>;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    addJob(keyCount: number, ...keysAndArguments: (string | number)[]): Result<string[], Context>;
    addGatedJob(keyCount: number, ...keysAndArguments: (string | number)[]): Result<string[], Context>;
    withdrawJob(keyCount: number, ...keysAndArguments: (string | number)[]): Result<number, Context>;
  }
}

/** Has what is asked for at the same moment done with one command. */
export type Gather = <Input, Output>(doAll: (inputs: Input[]) => Promise<(Output | Error)[]>) => (input: Input) => Promise<Output>;

const oneByOne: Gather = (doAll) => async (input) => {
  const [output] = await doAll([input]);
  if (output instanceof Error) throw output;
  return output as never;
};

/** A job as the script takes it: the gate's keys and the job's own, the gate's arguments and the job's own. */
interface Ask {
  question: GateQuestion;
  key: string;
  args: readonly string[];
}

/**
 * The side that fails fast. `connection` must be one that does so too (no offline queue, a command timeout): a
 * request is waiting for the answer.
 *
 * @param telemetry carries traces along with jobs
 * @param gather for who adds many
 */
export function createProducer<Payload>(
  type: JobType<Payload>,
  connection: Redis | Cluster,
  options: { telemetry?: Telemetry | undefined; gather?: Gather } = {},
): Producer<Payload> {
  const { telemetry, gather = oneByOne } = options;
  const jobOptions = {
    attempts: type.retry.attempts,
    backoff: { type: 'policy' },
    removeOnComplete: { age: type.keepDoneSeconds },
    removeOnFail: { age: type.keepFailedSeconds },
    stackTraceLimit: 0, // A stack begins with the error's message.
  };
  /** Of the options of each job, as JSON; what is its own follows. */
  const optionsHead = `${JSON.stringify(jobOptions).slice(0, -1)},`;
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
  queue.on('error', () => undefined); // It repeats what the connection says to whoever has made it.
  const keys = jobKeys.map((key) => queue.toKey(key));

  function adder(command: 'addJob' | 'addGatedJob', gate: Gate): ReturnType<Producer<Payload>['behind']> {
    connection.defineCommand(command, { lua: gatedJobScript(gate) });
    const addTogether = gather((asks: Ask[]) => {
      const all: (string | number)[] = [0, ...keys];
      for (const { question, key } of asks) all.push(...question.keys, key);
      all[0] = all.length - 1;
      all.push(asks.length, type.name, Date.now(), optionsHead);
      for (const { question, args } of asks) all.push(...question.args, ...args);
      return reach(async () => (await connection[command](...(all as [number]))).map(answerOf));
    });
    const add = (question: GateQuestion, payload: Payload, lane?: number, tm?: string) => {
      const jobId = type.idOf(payload);
      const flow = lane === undefined ? type.flowOf(payload) : `${type.flowOf(payload)} ${lane}`;
      const args = [jobId, JSON.stringify(payload), JSON.stringify({ jobId, tm }).slice(1), flow];
      return addTogether({ question, key: queue.toKey(jobId), args });
    };
    if (!telemetry) return add;
    return async (question, payload, lane) =>
      // As BullMQ's own `add` does it.
      queue.trace(SpanKind.PRODUCER, 'add', `${type.name}.${type.name}`, async (_span, metadata) => add(question, payload, lane, metadata));
  }
  const addUnasked = adder('addJob', { ask: "return '1'" });

  return {
    queue,
    add: (payload) => addUnasked({ keys: [], args: [] }, payload).then(() => undefined),
    behind: (gate) => adder('addGatedJob', gate),
    withdrawing(undo) {
      connection.defineCommand('withdrawJob', { lua: withdrawnJobScript(undo) });
      return (question, payload) =>
        reach(async () => {
          const jobId = type.idOf(payload);
          const withdrawn = [...withdrawalKeys, jobId].map((key) => queue.toKey(key));
          const allKeys = [...withdrawn, ...question.keys];
          return (await connection.withdrawJob(allKeys.length, ...allKeys, jobId, ...question.args)) === 1;
        });
    },
    close: () => queue.close(),
  };
}

function answerOf(answer: string): number[] | Error {
  return answer.startsWith('!') ? unavailable(new Error(`Redis does not carry it out: ${answer.slice(1)}`)) : answer.split(' ').map(Number);
}

async function reach<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): QueueUnavailable {
  return new QueueUnavailable('the queue does not take the job', { cause });
}
