import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { gatherWrites } from './gather-writes.ts';

const open: { destroy?: () => void; close?: () => void }[] = [];
afterEach(() => open.splice(0).forEach((one) => (one.destroy ?? one.close)?.call(one)));

/** A connection as ioredis announces it, and what arrives at its other end. */
async function connected(): Promise<{ socket: Socket; arrived: string[]; until: (bytes: number) => Promise<string> }> {
  const arrived: string[] = [];
  const news = new EventEmitter();
  const server = createServer((peer) => {
    open.push(peer);
    peer.setEncoding('latin1').on('data', (chunk: string) => {
      arrived.push(chunk);
      news.emit('data');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  open.push(socket, server);

  const redis = Object.assign(new EventEmitter(), { stream: socket });
  gatherWrites(redis as unknown as Redis);
  redis.emit('connect');
  return {
    socket,
    arrived,
    async until(bytes) {
      while (arrived.join('').length < bytes) await once(news, 'data');
      return arrived.join('');
    },
  };
}

test('what is written in one go arrives at once, in order', async () => {
  const { socket, arrived, until } = await connected();
  const commands = Array.from({ length: 50 }, (_, index) => `command ${index}\r\n`);
  for (const command of commands) socket.write(command);
  expect(await until(commands.join('').length)).toBe(commands.join(''));
  expect(arrived).toHaveLength(1);
});

test('nothing waits for a later turn', async () => {
  const { socket, until } = await connected();
  for (let turn = 1; turn <= 5; turn += 1) {
    socket.write('ping\r\n');
    await nextTurn();
    expect(socket.writableLength).toBe(0);
    await until(turn * 6);
  }
});

test('a long go does not keep its first commands waiting for its last', async () => {
  const { socket, until } = await connected();
  for (let command = 1; command <= 64; command += 1) socket.write('ping\r\n');
  expect(socket.writableCorked).toBe(0);
  for (let command = 1; command <= 6; command += 1) socket.write('ping\r\n');
  expect(socket.writableCorked).toBe(1);
  expect(await until(70 * 6)).toBe('ping\r\n'.repeat(70));
});

test('bytes and text keep their order, and a write still says when it is done', async () => {
  const { socket, until } = await connected();
  const done: number[] = [];
  socket.write('one ', () => done.push(1));
  socket.write(Buffer.from('two '), () => done.push(2));
  socket.write('three', 'latin1', () => done.push(3));
  expect(await until(13)).toBe('one two three');
  await nextTurn();
  expect(done).toEqual([1, 2, 3]);
});
