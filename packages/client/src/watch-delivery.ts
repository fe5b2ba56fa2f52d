import { pause, withDeadline } from './deadline.ts';
import { DaypassError } from './problem.ts';
import type { CallOptions } from './send.ts';
import type { Status } from './types.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 8_000;
/** After that whoever still waits looks by hand. */
const watchMs = 30 * 60_000;

/**
 * How the mail is doing, from now until that is settled: each change once. Ends after `sent` and `refused`, and when the
 * code is over. It asks less and less often, and goes on through a connection that comes and goes.
 */
export async function* watchDelivery(
  readStatus: (options: CallOptions) => Promise<Status>,
  { signal: outer, timeoutMs = watchMs }: CallOptions = {},
): AsyncGenerator<Status, void, undefined> {
  const { signal, clear } = withDeadline(timeoutMs, outer);
  let last: string | undefined;
  try {
    for (let waitMs = firstPauseMs; ; waitMs = Math.min(waitMs * 1.5, longestPauseMs)) {
      const status = await readStatus({ signal }).catch(orTryLater);
      if (status && status.delivery !== last) {
        last = status.delivery;
        yield status;
      }
      if (status && (isSettled(status.delivery) || status.expiresIn === 0)) return;
      await pause(waitMs, signal);
    }
  } finally {
    clear();
  }
}

function isSettled(delivery: Status['delivery']): boolean {
  return delivery === 'sent' || delivery === 'refused';
}

function orTryLater(error: unknown): undefined {
  const passing = ['network_failed', 'timed_out', 'unavailable', 'too_many_requests'];
  if (error instanceof DaypassError && passing.includes(error.code)) return undefined;
  throw error;
}
