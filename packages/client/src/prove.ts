import { DaypassError, type Puzzle } from './problem.ts';
import { solve, type Solution } from './solver.ts';

/** Puzzles are made to take a second. What takes a hundred times the work is no puzzle of Daypass's. */
const mostWork = 10_000_000;
const usualTries = 400;
/** A thread tells after so many. */
const triesAtOnce = 20;

/**
 * The proof for a puzzle, as the API takes it.
 *
 * The work is done in a thread of its own, so that a page stays quick to the touch. Where a page may not start one (a
 * content security policy without `worker-src blob:`), it is done here, a millisecond at a time.
 */
export async function prove(puzzle: Puzzle, signal: AbortSignal, onProgress: (progress: number) => void = () => undefined): Promise<string> {
  const { parameters, signature } = puzzle;
  if (!/^PBKDF2\/SHA-(256|384|512)$/.test(parameters.algorithm) || parameters.cost > mostWork) {
    throw new DaypassError('proof_failed', 'A puzzle of a kind that this client does not know');
  }
  if (typeof crypto === 'undefined' || !('subtle' in crypto)) {
    throw new DaypassError('proof_failed', 'Browsers do puzzles on https: and on localhost only');
  }
  // How many tries it takes only the solution says. So it moves towards the end, and never arrives there too early.
  const onTries: OnTries = (tries) => onProgress(tries / (tries + usualTries));
  const solution = await (startThread(parameters, signal, onTries) ?? here(parameters, signal, onTries));
  signal.throwIfAborted();
  if (!solution) throw new DaypassError('proof_failed', 'The puzzle has no solution');
  return btoa(JSON.stringify({ challenge: { parameters, signature }, solution }));
}

type Parameters = Puzzle['parameters'];
type OnTries = (tries: number) => void;

function here(parameters: Parameters, signal: AbortSignal, onTries: OnTries): Promise<Solution | undefined> {
  return solve(parameters, (tries) => {
    onTries(tries);
    return signal.aborted;
  });
}

/** A thread with the solver in it; `undefined` where there are none. */
function startThread(parameters: Parameters, signal: AbortSignal, onTries: OnTries): Promise<Solution | undefined> | undefined {
  const { Worker } = globalThis as { Worker?: BrowserWorker };
  if (Worker) return inBrowser(Worker, parameters, signal, onTries);
  const threads = nodeThreads();
  if (!threads) return undefined;
  const worker = new threads.Worker(
    `const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
     (${String(solve)})(workerData, () => false).then((solution) => parentPort.postMessage(solution));`,
    { eval: true, workerData: parameters },
  );
  return settle(signal, () => void worker.terminate(), (resolve, reject) => {
    worker.once('message', (solution) => resolve(solution as Solution | undefined));
    worker.once('error', reject);
  });
}

/** What is used of it: it is not among the types that Node and browsers share. */
type BrowserWorker = new (url: string) => {
  addEventListener(type: 'message' | 'error', listener: (event: { data?: unknown; preventDefault(): void }) => void): void;
  postMessage(message: unknown): void;
  terminate(): void;
};

function inBrowser(Worker: BrowserWorker, parameters: Parameters, signal: AbortSignal, onTries: OnTries): Promise<Solution | undefined> {
  const source = `onmessage = ({ data }) => (${String(solve)})(data, (tries) => void (tries % ${triesAtOnce} || postMessage(tries))).then((solution) => postMessage(solution));`;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  let worker: InstanceType<BrowserWorker>;
  try {
    worker = new Worker(url);
  } catch {
    URL.revokeObjectURL(url);
    return here(parameters, signal, onTries);
  }
  const end = () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
  return settle(signal, end, (resolve) => {
    worker.addEventListener('message', ({ data }) => (typeof data === 'number' ? onTries(data) : resolve(data as Solution | undefined)));
    // Most browsers tell of a policy that forbids it only here.
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      resolve(here(parameters, signal, onTries));
    });
    // A worker is no window: there is no origin to name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    worker.postMessage(parameters);
  });
}

function settle<Value>(
  signal: AbortSignal,
  end: () => void,
  start: (resolve: (value: Value | Promise<Value>) => void, reject: (error: unknown) => void) => void,
): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    start(resolve, reject);
  }).finally(end);
}

interface NodeThreads {
  Worker: new (
    source: string,
    options: { eval: true; workerData: unknown },
  ) => { once(event: 'message' | 'error', listener: (value: unknown) => void): void; terminate(): Promise<number> };
}

/** Asked for in a way that no bundler for browsers trips over. */
function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.('node:worker_threads') as NodeThreads | undefined;
}
