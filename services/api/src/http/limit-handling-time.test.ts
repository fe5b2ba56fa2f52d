import { PassThrough } from 'node:stream';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { limitHandlingTime } from './limit-handling-time.ts';
import { createSendProblem } from './send-problem.ts';

/** An app with a route that answers when it is told to, one that keeps the connection for itself, and one that answers bit by bit. */
function createApp() {
  const warnings: string[] = [];
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => void warnings.push(line) } } });
  let goOn = () => {};
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  limitHandlingTime(app, 50, createSendProblem('https://daypass.example'));
  app.get('/slow', async (_request, reply) => {
    await told;
    return reply.header('x-late', '1').send({ answered: true });
  });
  app.get('/stream', async (_request, reply) => {
    reply.hijack();
    await told;
    reply.raw.end('the end');
  });
  const download = new PassThrough();
  app.get('/download', (_request, reply) => reply.type('text/plain').send(download));
  app.get('/quick', async () => ({ answered: true }));
  return { app, goOn, download, warnings };
}

test('a handler that does not answer in time is answered for, once, and what it says later is not written down', async () => {
  const { app, goOn, warnings } = createApp();
  const { statusCode, headers, body } = await app.inject('/slow');
  expect(statusCode).toBe(503);
  expect(headers['retry-after']).toBe('5');
  expect(JSON.parse(body)).toMatchObject({ code: 'unavailable' });

  goOn();
  expect((await app.inject('/slow')).json()).toEqual({ answered: true });
  expect(warnings).toEqual([]);
});

test('one that answers in time is left alone', async () => {
  const { app } = createApp();
  expect((await app.inject('/quick')).json()).toEqual({ answered: true });
});

test('a stream may take as long as it wants', async () => {
  const { app, goOn } = createApp();
  setTimeout(goOn, 150);
  const { statusCode, body } = await app.inject('/stream');
  expect({ statusCode, body }).toEqual({ statusCode: 200, body: 'the end' });
});

test('an answer that has begun may take as long as its reader does, and what was asked for is not written down', async () => {
  const { app, download, warnings } = createApp();
  download.write('one, ');
  const answered = app.inject('/download?email=ada').then((answer) => answer);
  // It was asked for later, so when it is overdue, the other one is as well.
  expect((await app.inject('/slow')).statusCode).toBe(503);
  download.end('two');
  const { statusCode, body } = await answered;
  expect({ statusCode, body }).toEqual({ statusCode: 200, body: 'one, two' });
  expect(warnings).toEqual([]);
});
