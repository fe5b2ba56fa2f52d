import { DaypassError } from './problem.ts';

/**
 * A signal that fires when `signal` does, or when the time is over: then with a `timed_out`. (AbortSignal.any and
 * .timeout are younger than some of the browsers that visitors have.)
 */
export function withDeadline(timeoutMs: number, signal?: AbortSignal): { signal: AbortSignal; clear: () => void } {
  const controller = new AbortController();
  const pass = () => controller.abort(signal?.reason);
  if (signal?.aborted) pass();
  signal?.addEventListener('abort', pass, { once: true });
  const timer = setTimeout(
    () => controller.abort(new DaypassError('timed_out', `No answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', pass);
    },
  };
}

/** Waits, unless the signal fires: then it throws its reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
