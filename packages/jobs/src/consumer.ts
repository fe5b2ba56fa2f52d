import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job, type Telemetry } from 'bullmq';
import type { Cluster, Redis, Result } from 'ioredis';
import { rejoinScript, turnKeys } from './fair-turn.ts';
import { queuePrefix, type JobType } from './job-type.ts';
import { nameOfError } from './name-of-error.ts';
import { retryDelayMs } from './retry-policy.ts';
import { readSetbacks, type Setbacks } from './setbacks.ts';

/**
 * What a handler says of a job. `reason` is a short stable name: it is kept in Redis and shown on the dashboard, so
 * nothing that a visitor or a server wrote belongs in it.
 */
export type Verdict =
  | { verdict: 'done' }
  /** Counts as an attempt; tried again by the job type's policy. */
  | { verdict: 'retry'; reason: string }
  /** Not an attempt: tried again then. `setback` is counted, for who decides how long to wait the next time. */
  | { verdict: 'later'; reason: string; delayMs: number; setback?: 'deferred' | 'troubled' }
  /** Failed for good, kept for people to see. */
  | { verdict: 'failed'; reason: string };

declare module 'ioredis' {
  interface RedisCommander<Context> {
    rejoinQueue(front: string, turns: string, job: string, flow: string, progress: string): Result<number, Context>;
  }
}

/** See connectRedis. */
type OnConnection = (event: 'reached' | 'not reached', error?: unknown) => void;

export type Handler<Payload> = (payload: Payload, setbacks: Setbacks) => Promise<Verdict>;

export interface Consumer {
  /** Throws, saying why, unless it takes jobs. */
  assertRunning(): void;
  /** Takes no new job and waits for those in hand, at most `deadlineMs`; what is left then runs again elsewhere. */
  stop(deadlineMs: number): Promise<void>;
}

// A worker that is killed, or whose event loop stands still, gives its jobs back within about 15 s, however often
// that happens. BullMQ's defaults lose a job at the second time.
const lockDurationMs = 10_000;
const stalledIntervalMs = 5_000;
const maxStalledCount = 10;
const reconnectPauseMs = 1_000;
/** What ioredis says of a connection that it was told to close. */
const closedByUs = 'Connection is closed.';

/**
 * The side that waits: for jobs, and for Redis when it is away.
 *
 * @param concurrency jobs in hand at the same time
 * @param onError told of what goes wrong with the queue, and of errors that a handler threw instead of saying a verdict
 * @param onConnection told each time that the queue's own connection is made, and each time that it is not, with why
 * @param telemetry carries traces along with jobs
 */
export function createConsumer<Payload>(
  type: JobType<Payload>,
  connection: Redis | Cluster,
  handler: Handler<Payload>,
  options: { concurrency: number; onError: (error: Error) => void; onConnection: OnConnection; telemetry?: Telemetry | undefined },
): Consumer {
  const { concurrency, onError, onConnection, telemetry } = options;
  const worker = new Worker<unknown>(type.name, (job, token) => run(job, token), {
    connection,
    prefix: queuePrefix,
    ...(telemetry && { telemetry }),
    concurrency,
    lockDuration: lockDurationMs,
    stalledInterval: stalledIntervalMs,
    maxStalledCount,
    runRetryDelay: reconnectPauseMs,
    settings: { backoffStrategy: (attemptsMade) => retryDelayMs(type.retry, attemptsMade, Math.random()) },
  });
  const ofConnection = watchConnections(worker, onConnection);
  worker.on('error', (error) => {
    if (!ofConnection(error)) onError(error);
  });
  connection.defineCommand('rejoinQueue', { numberOfKeys: 3, lua: rejoinScript });

  async function run(job: Job<unknown>, token: string | undefined): Promise<void> {
    const payload = type.parse(job.data);
    if (payload === undefined) throw new UnrecoverableError('payload_malformed');
    if (job.attemptsStarted > 1 && !hasRejoined(job) && (await rejoin(job, type.flowOf(payload)))) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    await carryOut(await judge(payload, readSetbacks(job.progress)), job, token);
  }

  /** A job that comes back from a delay comes to the front of the queue. Many of one flow would keep others waiting. */
  async function rejoin(job: Job<unknown>, flow: string): Promise<boolean> {
    const progress = JSON.stringify({ ...readSetbacks(job.progress), rejoined: true });
    const [front, turns, key] = [turnKeys.front, turnKeys.turns, job.id ?? ''].map((name) => worker.toKey(name)) as [string, string, string];
    return (await connection.rejoinQueue(front, turns, key, `${flow} again`, progress)) === 1;
  }

  async function judge(payload: Payload, setbacks: Setbacks): Promise<Verdict> {
    try {
      return await handler(payload, setbacks);
    } catch (error) {
      // Only its name is kept: what it says may hold anything.
      onError(error instanceof Error ? error : new Error('a handler threw something that is no error'));
      return { verdict: 'retry', reason: nameOfError(error) };
    }
  }

  return {
    assertRunning() {
      if (!worker.isRunning()) throw new Error('the worker does not run');
      if (connection.status !== 'ready') throw new Error('the queue is not reached');
    },
    async stop(deadlineMs) {
      // `close` never resolves without Redis: then there is nothing to hand back either.
      if (connection.status !== 'ready') return;
      await Promise.race([worker.close(), new Promise((resolve) => setTimeout(resolve, deadlineMs).unref())]);
    },
  };
}

/**
 * BullMQ waits for jobs over a connection of its own, and nobody else sees it. What it says of that, and of the one that it
 * was given, it says again as an error of the worker.
 *
 * @returns whether an error of the worker is such a repetition
 */
function watchConnections(worker: Worker, onConnection: OnConnection): (error: Error) => boolean {
  const repeated = new WeakSet<Error>();
  worker
    .getBackend()
    .on('ready', () => onConnection('reached'))
    .prependListener('error', (error: Error) => {
      repeated.add(error);
      if (error.message !== closedByUs) onConnection('not reached', error);
    });
  return (error) => repeated.has(error);
}

async function carryOut(verdict: Verdict, job: Job<unknown>, token: string | undefined): Promise<void> {
  switch (verdict.verdict) {
    case 'done':
      return;
    case 'retry':
      if (hasRejoined(job)) await job.updateProgress(readSetbacks(job.progress));
      throw new Error(verdict.reason);
    case 'failed':
      throw new UnrecoverableError(verdict.reason);
    case 'later':
      await noteSetback(job, verdict);
      await job.moveToDelayed(Date.now() + verdict.delayMs, token);
      throw new DelayedError();
  }
}

/** Without a mark that it has rejoined: it is no longer at its place, if it had got one. */
async function noteSetback(job: Job<unknown>, { setback, reason }: Verdict & { verdict: 'later' }): Promise<void> {
  const setbacks = readSetbacks(job.progress);
  await job.updateProgress({ ...setbacks, ...(setback && { [setback]: setbacks[setback] + 1 }), reason });
}

function hasRejoined({ progress }: Job<unknown>): boolean {
  return typeof progress === 'object' && 'rejoined' in progress;
}
