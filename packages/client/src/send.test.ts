import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { createDaypass, type DaypassError } from './daypass.ts';

const ticket = { id: 'x', site: 'default', expiresIn: 900, resendIn: 60, code: { length: 8, alphabet: 'alphanumeric' } };
const status = (delivery: string) => ({ id: 'x', delivery, expiresIn: 900, resendIn: 0, attemptsLeft: 5 });

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
});

/** A server that answers one request after the other as it is told, and the last way from then on. */
async function answering(...ways: Answering[]) {
  const asked: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      ways[Math.min(asked.length, ways.length) - 1]?.(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const daypass = createDaypass({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
  return { daypass, asked };
}

const json = (code: number, body: object, headers = {}): Answering => (_request, response) =>
  void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const problem = (code: string, members: object = {}, statusCode = 503) =>
  json(statusCode, { type: 'about:blank', title: code, status: statusCode, code, ...members });
const lost: Answering = (request) => request.socket.destroy();
const failure = (promise: Promise<unknown>) => promise.then(
  () => Promise.reject(new Error('It did not fail')),
  (error: unknown) => error as DaypassError,
);

describe('a call', () => {
  test('is made again after Retry-After, when that is soon', async () => {
    const { daypass, asked } = await answering(problem('unavailable', { retryAfter: 0 }), json(200, status('sent')));
    expect(await daypass.status('x')).toMatchObject({ delivery: 'sent' });
    expect(asked).toHaveLength(2);
  });

  test('is not made again when that is later than anybody waits for nothing to see', async () => {
    const { daypass, asked } = await answering(problem('too_many_requests', { retryAfter: 60 }, 429));
    expect(await failure(daypass.verifyCode('x', 'A'))).toMatchObject({ name: 'DaypassError', code: 'too_many_requests', status: 429, retryAfter: 60 });
    expect(asked).toHaveLength(1);
  });

  test('is given up after three tries', async () => {
    const { daypass, asked } = await answering(problem('unavailable', { retryAfter: 0 }));
    expect(await failure(daypass.status('x'))).toMatchObject({ code: 'unavailable' });
    expect(asked).toHaveLength(3);
  });

  test('for a code that was lost on the way is the same call again, and so costs nothing', async () => {
    const { daypass, asked } = await answering(lost, json(202, ticket));
    expect(await daypass.requestCode({ email: 'ada@example.com' })).toEqual(ticket);
    const [first, second] = asked.map(({ headers, body }) => [headers['idempotency-key'], body]);
    expect(first).toEqual(second);
    expect(first?.[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  test('that tries a code is not made again when nobody knows whether it arrived', async () => {
    const { daypass, asked } = await answering(lost);
    expect(await failure(daypass.verifyCode('x', 'A'))).toMatchObject({ code: 'network_failed', status: 0 });
    expect(asked).toHaveLength(1);
  });

  test('ends at its deadline', async () => {
    const { daypass } = await answering(() => undefined);
    expect(await failure(daypass.status('x', { timeoutMs: 50 }))).toMatchObject({ code: 'timed_out' });
  });

  test('ends with the reason of its signal, also while it waits to try again', async () => {
    const { daypass } = await answering(problem('unavailable', { retryAfter: 5 }));
    const controller = new AbortController();
    const ending = failure(daypass.status('x', { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('the visitor left')), 50);
    expect(await ending).toMatchObject({ message: 'the visitor left' });
    expect(await failure(daypass.status('x', { signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
  });

  test.each([
    ['a page of somebody else’s', (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(502).end('<h1>Bad gateway</h1>')],
    ['a page with status 200', (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end('<h1>Welcome</h1>')],
    ['JSON of another kind', json(400, { error: 'nope' })],
  ])('that is answered by %s says so', async (_name, way) => {
    const { daypass } = await answering(way);
    expect(await failure(daypass.status('x'))).toMatchObject({ code: 'unexpected_answer' });
  });

  test('follows no redirect, which would take a pass elsewhere', async () => {
    const { daypass, asked } = await answering((_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end());
    expect(await failure(daypass.pass({ bearer: 'secret' }))).toMatchObject({ code: 'network_failed' });
    expect(asked.every(({ url }) => url === '/v1/pass')).toBe(true);
  });

  test('cannot be led to another path by an id', async () => {
    const { daypass, asked } = await answering(json(200, status('sent')));
    await daypass.status('../passes?x#y');
    expect(asked[0]?.url).toBe('/v1/codes/..%2Fpasses%3Fx%23y');
  });
});

describe('a pass', () => {
  test('that is over is none', async () => {
    const { daypass } = await answering(problem('pass_invalid', {}, 401));
    expect(await daypass.pass({ bearer: 'old' })).toBeUndefined();
  });

  test('is not called over because the API is away', async () => {
    const { daypass } = await answering(problem('unavailable', { retryAfter: 30 }));
    expect(await failure(daypass.pass({ bearer: 'good' }))).toMatchObject({ code: 'unavailable' });
  });
});

describe('a mail that is watched', () => {
  test('is told of at each change, once, until it is settled, through an outage', async () => {
    const { daypass } = await answering(json(200, status('queued')), problem('unavailable', { retryAfter: 60 }), json(200, status('queued')), json(200, status('sent')));
    const told: string[] = [];
    for await (const { delivery } of daypass.watchDelivery('x')) told.push(delivery);
    expect(told).toEqual(['queued', 'sent']);
  }, 15_000);

  test('is not watched any more when its challenge is unknown, or nobody wants to know', async () => {
    const { daypass } = await answering(problem('challenge_unknown', {}, 404));
    expect(await failure(daypass.watchDelivery('x').next())).toMatchObject({ code: 'challenge_unknown' });
    const gone = AbortSignal.abort(new Error('gone'));
    expect(await failure(daypass.watchDelivery('x', { signal: gone }).next())).toMatchObject({ message: 'gone' });
  });
});

describe('a puzzle', () => {
  const hard = {
    parameters: { algorithm: 'PBKDF2/SHA-256', cost: 1_000, expiresAt: 1, keyLength: 32, keyPrefix: 'f'.repeat(64), keySignature: '', nonce: '00', salt: '00' },
    signature: '',
  };

  test('is not worked on any longer than somebody waits', async () => {
    const { daypass } = await answering(problem('proof_required', { proof: hard }, 428));
    const told: string[] = [];
    const asking = daypass.requestCode({ email: 'a@b.example' }, { timeoutMs: 2_000, onProof: () => told.push('proof') });
    expect(await failure(asking)).toMatchObject({ code: 'timed_out' });
    expect(told).toEqual(['proof']);
  });

  test.each([
    ['of another kind', { algorithm: 'ARGON2ID' }],
    ['that is meant to keep a visitor busy', { cost: 1e9 }],
  ])('%s is not begun', async (_name, change) => {
    const proof = { ...hard, parameters: { ...hard.parameters, ...change } };
    const { daypass } = await answering(problem('proof_required', { proof }, 428));
    expect(await failure(daypass.requestCode({ email: 'a@b.example' }))).toMatchObject({ code: 'proof_failed' });
  });
});
