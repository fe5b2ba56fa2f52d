import { DaypassError } from './problem.ts';
import type { Status } from './types.ts';

/** The first event says how it is now, at once: what keeps it back keeps back the others too. */
const firstWithinMs = 4_000;
/** A stream with nothing to tell still says every 15 seconds that it is there. */
const silenceMs = 40_000;
/** An event is a few hundred bytes. */
const longestEvent = 64 * 1024;

/** The status of a challenge as server-sent events (HTML §9.2), until the stream ends. Throws where there is none. */
export async function* readStatusEvents(
  options: { url: string; fetch: typeof fetch; credentials: 'include' | 'omit' },
  outer: AbortSignal,
): AsyncGenerator<Status, void, undefined> {
  const stream = new AbortController();
  const { signal } = stream;
  const fallSilent = () => stream.abort(new DaypassError('timed_out', 'The stream of events fell silent'));
  const stop = () => stream.abort(outer.reason);
  if (outer.aborted) stop();
  outer.addEventListener('abort', stop, { once: true });
  let timer = setTimeout(fallSilent, firstWithinMs);
  try {
    const response = await options.fetch(options.url, {
      signal,
      redirect: 'error',
      credentials: options.credentials,
      headers: { accept: 'text/event-stream' },
    });
    if (!response.ok || !response.body || !/^text\/event-stream\b/.test(response.headers.get('content-type') ?? '')) {
      await response.body?.cancel();
      throw new DaypassError('unexpected_answer', 'There is no stream of events', { status: response.status });
    }
    for await (const event of eventsIn(response.body.getReader(), () => {
      clearTimeout(timer);
      timer = setTimeout(fallSilent, silenceMs);
    })) {
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (/^event: ?status$/m.test(event) && data !== undefined) yield JSON.parse(data) as Status;
    }
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', stop);
    stream.abort(); // Whoever stops listening leaves no connection behind.
  }
}

/** @param onSign told of each event and of each comment: somebody is there */
async function* eventsIn(reader: ReadableStreamDefaultReader<Uint8Array>, onSign: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let read = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    read += decoder.decode(value, { stream: true });
    const events = read.split('\n\n');
    read = events.pop() ?? '';
    if (read.length > longestEvent) throw new DaypassError('unexpected_answer', 'An event without an end');
    for (const event of events) {
      // Before the first event there is only how long to wait before asking again.
      if (!event.startsWith('retry:')) onSign();
      yield event;
    }
  }
}
