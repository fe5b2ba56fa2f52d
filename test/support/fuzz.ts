import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { maxHandlerMs } from '../../services/api/src/http/limit-handling-time.ts';

/** How often each thing is tried: ten times as often by `npm run attack`. */
export const runs = process.env['ATTACK'] === 'full' ? 300 : 30;
const deadlineMs = 10_000;
/** A 503 as late as this is a handler that was given up: see limitHandlingTime. */
const hungMs = maxHandlerMs - 500;

export interface Sent {
  method: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** Sends it to `url` from a network of its own, and says what is wrong with the answer. `seen` is told its status. */
export async function findFault(url: string, init: Sent, seen?: (status: number) => void): Promise<string | undefined> {
  const first = await answerTo(url, init);
  // A busy machine may say 503, and soon; not twice.
  const { status, ms, text } = first.status === 503 && first.ms < hungMs ? await answerTo(url, init) : first;
  seen?.(status);
  const request = `${init.method} ${url} ${String(init.body ?? '').slice(0, 200)}`;
  if (status === 0 || status >= 500) return `${request}: ${status} after ${Math.round(ms)} ms ${text.slice(0, 200)}`;
  if (/node_modules|\.ts:\d|at \w+ \(|MongoServerError|ReplyError/.test(text)) return `${request} tells of its inside: ${text.slice(0, 300)}`;
  return undefined;
}

/** The faults of many attempts, ten at a time. */
export async function findFaults(attempts: (() => Promise<string | undefined>)[]): Promise<string[]> {
  const faults: string[] = [];
  for (let from = 0; from < attempts.length; from += 10) {
    const found = await Promise.all(attempts.slice(from, from + 10).map((attempt) => attempt()));
    faults.push(...found.filter((fault) => fault !== undefined));
  }
  return faults;
}

/** Status 0 is no answer in time, or none at all. */
async function answerTo(url: string, init: Sent): Promise<{ status: number; text: string; ms: number }> {
  const ip = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  const headers = { 'x-forwarded-for': ip, ...(init.body !== undefined && { 'content-type': 'application/json' }), ...init.headers };
  const begun = performance.now();
  const { status, text } = await fetch(url, { ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(deadlineMs) })
    .then(async (response) => ({ status: response.status, text: await textOf(response) }))
    .catch((error: unknown) => ({ status: 0, text: String(error) }));
  return { status, text, ms: performance.now() - begun };
}

/** Of a stream of events its beginning: the rest comes when something happens. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text();
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(first?.value);
}

export const nastyTexts: unknown[] = [
  '', ' ', '\0', '\r\nBcc: e@b', '../../etc/passwd', '%00', '%', '{"$gt":""}', '$where', '__proto__', '\ud800', '\u202e', '\u200b',
  'ß', 'ﬁ', "' or 1=1 --", '\u0024{7*7}', '<script>', 'a@b\r\nRCPT TO:<c@d>', 'a@b,c@d', '"a b"@c.de', 'a@[127.0.0.1]', 'a@xn--',
  'a@-.de', '@', 'а@example.com', 'x'.repeat(5_000),
];
const nastyValues: unknown[] = [
  null, true, false, 0, -1, 1e308, 2 ** 53, 0.1, [], {}, [[]], [{}], { $gt: '' }, { $ne: null }, { toString: 1 }, { length: 1e9 },
  { constructor: { prototype: {} } },
];
const nasty = fc.constantFrom(...nastyTexts, ...nastyValues);
export const anything = fc.oneof(nasty, fc.jsonValue({ maxDepth: 4 }), fc.string({ unit: 'binary', maxLength: 64 }));
export const urlPart = fc.oneof(
  fc.constantFrom('A'.repeat(52), 'A'.repeat(22), '..', '.', '%2e%2e', '%00', '%ff', '%', '$where', '__proto__', 'constructor', '*', 'a'.repeat(500), '{}', '[$ne]'),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => encodeURIComponent(text.toWellFormed())),
);
export const header = fc.constantFrom<Record<string, string>>(
  {},
  { authorization: 'Bearer x' },
  { authorization: `Bearer ${'a.'.repeat(500)}` },
  { authorization: 'Basic Og==' },
  { authorization: 'Basic !' },
  { authorization: 'Digest x' },
  { 'idempotency-key': '\x7f'.replace('\x7f', 'k') },
  { 'idempotency-key': 'k'.repeat(70) },
  { cookie: `__Host-daypass=${'x'.repeat(3_000)}; daypass=;;=;` },
  { origin: 'null' },
  { origin: 'https://evil.example' },
  { 'accept-language': '*;q=9,,;,xx-'.repeat(50) },
  { 'x-forwarded-for': '::ffff:1.2.3.4, , unknown' },
  { forwarded: 'for="[::1"' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'multipart/form-data' },
);
