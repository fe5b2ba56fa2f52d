import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

import { expect, onTestFinished, test } from 'vitest';

import { tempFolder } from '../testing/temp-folder.ts';
import { startRedis } from './redis-server.ts';

const TIMEOUT_MS = 60_000;

/** Commands in Redis's inline form, the password's first; gives the raw answers. */
async function say(url: string, ...commands: string[]): Promise<string> {
  const { port, password } = new URL(url);
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  socket.end([`AUTH ${password}`, ...commands, 'QUIT', ''].join('\r\n'));
  return (await buffer(socket)).toString();
}

async function redisIn(dataDir: string, port?: number) {
  const redis = await startRedis({ dataDir, ...(port && { port }) });
  onTestFinished(() => redis.stop());
  return redis;
}

test('what redis acknowledged before a kill -9 is there after a restart, at the same url', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const first = await redisIn(dataDir);
  expect(await say(first.url, 'SET who visitor')).toContain('+OK\r\n+OK');
  await first.kill();
  expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });

  const second = await redisIn(dataDir, first.port);
  expect(second.url).toBe(first.url);
  expect(second.pid).not.toBe(first.pid);
  expect(await say(second.url, 'GET who')).toContain('visitor');
  await second.stop();
  expect(await second.exited).toEqual({ code: 0, signal: null });
});

test('a redis that still reads a large file is not up yet', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const first = await redisIn(dataDir);
  expect(await say(first.url, `EVAL "for i = 1, 400000 do redis.call('SET', 'key' .. i, i) end" 0`)).toContain('+OK');
  await first.stop();

  const second = await redisIn(dataDir, first.port);
  expect(await say(second.url, 'GET key400000')).toContain('\r\n400000\r\n');
});

test('redis is private: loopback, a password in no argument, files for this user alone', { timeout: TIMEOUT_MS }, async () => {
  const redis = await redisIn(tempFolder());
  const { password, port } = new URL(redis.url);
  expect(await say(redis.url.replace(password, 'wrong'), 'PING')).toContain('WRONGPASS');
  expect(readFileSync(`/proc/${redis.pid}/cmdline`, 'utf8')).not.toContain(password);
  expect(statSync(redis.dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(redis.dataDir, 'redis.conf')).mode & 0o777).toBe(0o600);
  const config = await say(redis.url, 'CONFIG GET bind', 'CONFIG GET maxmemory-policy', 'CONFIG GET appendfsync');
  expect(config).toContain('127.0.0.1');
  expect(config).toContain('noeviction');
  expect(config).toContain('everysec');
  expect(Number(port)).toBe(redis.port);
});

test('a port in use is named, and the other server is left alone', { timeout: TIMEOUT_MS }, async () => {
  const one = await redisIn(tempFolder());
  await expect(startRedis({ dataDir: tempFolder(), port: one.port })).rejects.toThrow('Address already in use');
  expect(await say(one.url, 'PING')).toContain('+PONG');
});

test('the same data is never opened twice', { timeout: TIMEOUT_MS }, async () => {
  const one = await redisIn(tempFolder());
  const another = startRedis({ dataDir: one.dataDir }).then(
    (redis) => redis.stop().then(() => 'started'),
    (error: Error) => error.message,
  );
  expect(await another).toContain(`in use by another process (pid ${one.pid})`);
});
