import { pause, withDeadline } from './deadline.ts';
import { DaypassError, type Problem } from './problem.ts';

export interface CallOptions {
  /** Ends the call; it throws the signal's reason. */
  signal?: AbortSignal | undefined;
  /** The whole call, tries and proofs of work included. 20 seconds when nothing is said. */
  timeoutMs?: number | undefined;
}

export interface Call extends CallOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: object;
  /** A pass or half of one. */
  bearer?: string | undefined;
  headers?: Record<string, string>;
  /** Whether it may be sent again when nobody knows if it arrived. */
  repeatable?: boolean;
}

export interface Answer {
  status: number;
  /** What the route promises: the generated types are checked against the routes. */
  body: unknown;
}

export type Send = (call: Call) => Promise<Answer>;

export const defaultTimeoutMs = 20_000;
/** Longer than this nobody is kept waiting for nothing to see: whoever called may say how long it takes. */
const longestWaitMs = 5_000;
const mostTries = 3;

/**
 * Sends requests, and sends them again where that is harmless and of use: after Retry-After, if it is short, what was
 * refused without being done; after a moment what was lost on the way, if it may arrive twice.
 */
export function createSend(options: { baseUrl: string; fetch: typeof fetch; credentials: 'include' | 'omit' }): Send {
  async function once(call: Call, signal: AbortSignal): Promise<Answer> {
    const { method = 'GET', path, body, bearer, headers = {} } = call;
    const response = await options.fetch(`${options.baseUrl}${path}`, {
      method,
      signal,
      redirect: 'error',
      credentials: options.credentials,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await readBody(response) };
  }

  return async (call) => {
    const { signal, clear } = withDeadline(call.timeoutMs ?? defaultTimeoutMs, call.signal);
    try {
      for (let tries = 1; ; tries += 1) {
        try {
          return await once(call, signal);
        } catch (cause) {
          if (signal.aborted) throw signal.reason;
          const error = cause instanceof DaypassError ? cause : new DaypassError('network_failed', 'Nobody answered', { cause });
          const waitMs = tries < mostTries ? waitBefore(error, tries, call.repeatable ?? false) : undefined;
          if (waitMs === undefined) throw error;
          await pause(waitMs, signal);
        }
      }
    } finally {
      clear();
    }
  };
}

/** How long to wait before the same again; `undefined` when it should not be sent again. */
function waitBefore(error: DaypassError, tries: number, repeatable: boolean): number | undefined {
  if (error.retryAfter !== undefined) {
    const waitMs = error.retryAfter * 1000;
    return waitMs <= longestWaitMs ? waitMs : undefined;
  }
  return error.code === 'network_failed' && repeatable ? 250 * 4 ** (tries - 1) : undefined;
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (response.status === 204) return undefined;
  const body = parse(text);
  if (response.ok && body !== undefined) return body;
  if (isProblem(body)) {
    // Whatever stands between may know better than the body when it makes sense to come back.
    const retryAfter = body.retryAfter ?? secondsIn(response.headers.get('retry-after'));
    throw new DaypassError({ ...body, status: response.status, ...(retryAfter !== undefined && { retryAfter }) });
  }
  throw new DaypassError('unexpected_answer', `An answer with status ${response.status} that is not Daypass's`, { status: response.status });
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isProblem(body: object | undefined): body is Problem {
  return body !== undefined && 'code' in body && typeof body.code === 'string' && 'title' in body;
}

function secondsIn(header: string | null): number | undefined {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}
