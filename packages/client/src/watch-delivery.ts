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
 * code is over.
 *
 * It listens to the stream of events. Where there is none, or it breaks off, it asks, less and less often, and goes on
 * through a connection that comes and goes.
 */
export async function* watchDelivery(
  source: {
    readStatus: (options: CallOptions) => Promise<Status>;
    readEvents: (signal: AbortSignal) => AsyncGenerator<Status, void, undefined>;
  },
  { signal: outer, timeoutMs = watchMs }: CallOptions = {},
): AsyncGenerator<Status, void, undefined> {
  const { signal, clear } = withDeadline(timeoutMs, outer);
  let last: string | undefined;
  const isNews = ({ delivery }: Status): boolean => {
    const before = last;
    last = delivery;
    return delivery !== before;
  };
  try {
    const events = source.readEvents(signal);
    try {
      for (let next = await events.next().catch(noMore); next && !next.done; next = await events.next().catch(noMore)) {
        if (isNews(next.value)) yield next.value;
        if (isSettled(next.value)) return;
      }
    } finally {
      await events.return().catch(noMore);
    }
    for (let waitMs = firstPauseMs; ; waitMs = Math.min(waitMs * 1.5, longestPauseMs)) {
      const status = await source.readStatus({ signal }).catch(orTryLater);
      if (status && isNews(status)) yield status;
      if (status && isSettled(status)) return;
      await pause(waitMs, signal);
    }
  } finally {
    clear();
  }
}

function isSettled({ delivery, expiresIn }: Status): boolean {
  return delivery === 'sent' || delivery === 'refused' || expiresIn === 0;
}

/** What is wrong with the stream is no news: asking tells the same. */
function noMore(): undefined {
  return undefined;
}

function orTryLater(error: unknown): undefined {
  const passing = ['network_failed', 'timed_out', 'unavailable', 'too_many_requests'];
  if (error instanceof DaypassError && passing.includes(error.code)) return undefined;
  throw error;
}
