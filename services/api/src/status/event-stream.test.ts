import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import Fastify, { type FastifyReply } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { openEventStream } from './event-stream.ts';

/** Asks an API over a socket of its own, and hands out the reply that the stream is to go into. */
async function ask() {
  const app = Fastify();
  onTestFinished(() => app.close());
  // Not the reply itself, which can be waited for: until it is sent.
  const asked = new Promise<{ reply: FastifyReply }>((resolve) => {
    app.get('/', (_request, reply) => resolve({ reply }));
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return { socket, ...(await asked) };
}

/** Opens a stream, and counts how often it has ended. */
function open(reply: FastifyReply) {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let ends = 0;
  const onEnd = () => {
    ends += 1;
    resolve();
  };
  return { stream: openEventStream(reply, { onEnd, onHeartbeat: () => undefined }), ended, ends: () => ends };
}

test('whoever leaves a stream ends it, once', async () => {
  const { socket, reply } = await ask();
  const { stream, ended, ends } = open(reply);
  stream.send('status', { delivery: 'queued' });
  await once(socket, 'data');
  expect(ends()).toBe(0);
  socket.destroy();
  await ended;
  stream.end();
  expect(ends()).toBe(1);
});

test('a stream for somebody who has left already ends, once, and not before its caller has it', async () => {
  const { socket, reply } = await ask();
  const left = once(reply.raw, 'close');
  socket.destroy();
  await left;
  const { stream, ended, ends } = open(reply);
  expect(ends()).toBe(0);
  stream.send('status', { delivery: 'queued' });
  await ended;
  stream.end();
  expect(ends()).toBe(1);
});
