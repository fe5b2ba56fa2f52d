import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createTransport } from 'nodemailer';
import { expect, test } from 'vitest';
import { openConnection } from './http-client.ts';
import { loadAll, loadFor, loadPaced } from './load.ts';
import { startSmtpSink } from './smtp-sink.ts';

test('the load generator reads answers of known length, in chunks, and without a body', async () => {
  const long = 'é'.repeat(20_000);
  const server = createServer((request, response) => {
    if (request.url === '/chunks') response.write('one ');
    if (request.url === '/none') return response.writeHead(204).end();
    return response.end(request.url === '/long' ? long : 'end');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = await openConnection(url);
  expect(await connection.post('/plain', {})).toEqual({ status: 200, body: 'end' });
  expect(await connection.post('/chunks', { two: 2 })).toEqual({ status: 200, body: 'one end' });
  expect(await connection.post('/none', {})).toEqual({ status: 204, body: '' });
  const { body } = await connection.post('/long', {});
  expect(Buffer.from(body, 'latin1').toString()).toBe(long);
  connection.close();

  let asked = 0;
  const load = await loadAll(url, Array.from({ length: 500 }, () => async () => void (asked += 1)));
  expect({ asked, count: load.count }).toEqual({ asked: 500, count: 500 });
  await expect(loadFor(url, 1, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
  server.close();
});

test('nobody waits for an answer over a connection that the server has closed', async () => {
  const server = createServer((_request, response) => response.setHeader('connection', 'close').end('last'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ended = once(server, 'connection').then(([socket]: Socket[]) => socket && once(socket, 'close'));
  const connection = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await connection.post('/', {})).toEqual({ status: 200, body: 'last' });
  await ended;
  await pause(100); // Until this side has heard of it, too.
  await expect(connection.post('/', {})).rejects.toThrow('closed the connection');
  server.close();
});

test('a paced load ends with the first thing that is wrong', async () => {
  const server = createServer((_request, response) => response.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fine = Array.from({ length: 100 }, () => async () => undefined);
  expect(await loadPaced(url, 1_000, fine)).toHaveLength(100);
  await expect(loadPaced(url, 1_000, [...fine, () => Promise.reject(new Error('refused')), ...fine])).rejects.toThrow('refused');
  server.close();
});

test('the mail sink accepts what nodemailer sends, however it is cut, and says when all are there', async () => {
  const received: { recipient: string; lines: number }[] = [];
  const sink = await startSmtpSink({
    latencyMs: 5,
    onMail: (recipient, message) => received.push({ recipient, lines: message.split('\r\n').length }),
  });
  const transport = createTransport({ url: sink.url, pool: true, maxConnections: 3 });
  const all = sink.expect(10);
  const text = '.a dot\nQUIT\n'.repeat(3_000);
  await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      transport.sendMail({ from: 'a@b.example', to: `visitor${index}@c.example`, subject: 'x', text }),
    ),
  );
  await all;
  expect(new Set(received.map(({ recipient }) => recipient)).size).toBe(10);
  expect(received.every(({ lines }) => lines > 6_000)).toBe(true);
  transport.close();
  sink.close();
});
