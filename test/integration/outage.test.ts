import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { startMongo, type MongoEngine } from '@daypass/tools/stores/mongo-engine';
import { startRedis, type RedisServer } from '@daypass/tools/stores/redis-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, untilReached } from '../support/processes.ts';
import { startSystem, type System } from '../support/system.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { codeIn, createVisitor } from '../support/visitor.ts';

let dir: string;
let redis: RedisServer;
let mongo: MongoEngine;
let system: System;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-outage-'));
  redis = await startRedis({ dataDir: join(dir, 'redis') });
  mongo = await startMongo({ dataDir: join(dir, 'mongo') });
  system = await startSystem({ workers: 1, sweepers: 1, redisUrl: redis.url, mongodbUrl: mongo.url('outage') });
});
afterAll(async () => {
  await system?.stop();
  await Promise.all([redis?.stop(), mongo?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

const restartRedis = async () => {
  redis = await startRedis({ dataDir: join(dir, 'redis'), port: redis.port });
};
const restartMongo = async () => {
  mongo = await startMongo({ dataDir: join(dir, 'mongo') });
};
const readiness = async (opsUrl: string) => {
  const response = await fetch(`${opsUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
  return { code: response.status, ...((await response.json()) as { status: string }) };
};

test('with MongoDB killed a request is taken, its mail is counted and told as delayed, and goes out when MongoDB is back', async () => {
  await mongo.kill();
  const visitor = system.visitor();
  const id = await visitor.ask();
  expect((await visitor.verify(id, 'AAAA-AAAA')).body).toMatchObject({ status: 503, code: 'unavailable' });
  await expect.poll(() => readiness(system.apis[0]?.opsUrl ?? '')).toEqual(expect.objectContaining({ code: 200, status: 'degraded' }));
  await expect.poll(() => readiness(system.workers[0]?.opsUrl ?? '')).toEqual(expect.objectContaining({ code: 503 }));
  const [worker] = system.workers;
  const counted = async () => (await fetch(`${worker?.opsUrl}/metrics`)).text();
  await expect.poll(counted, { timeout: 15_000 }).toMatch(/^daypass_mail_jobs_total\{site="default",outcome="delayed",reason="unavailable"\} [1-9]/m);
  const told = worker?.output.find((line) => line.includes('"mail delayed"')) ?? '{}';
  expect(JSON.parse(told)).toMatchObject({ level: 'warn', challenge: id, site: 'default', send: 1, reason: 'unavailable', err: { name: 'DaypassError' } });

  await restartMongo();
  // A job that failed twice waits for longer than a visitor does.
  const code = codeIn(await system.catcher.waitForMail(({ envelope }) => envelope.to.includes(visitor.email), 40_000));
  // The worker may have found it again a moment before the API does.
  await expect.poll(async () => (await visitor.verify(id, code)).status).toBe(200);
  await expect.poll(() => readiness(system.apis[0]?.opsUrl ?? ''), { timeout: 15_000 }).toEqual(expect.objectContaining({ status: 'ready' }));
}, 120_000);

test('who is told 503 because Redis was slow and asks again gets one mail, and it is the one that the limits know of', async () => {
  const way = await startTcpProxy({ host: '127.0.0.1', port: redis.port });
  const throughIt = new URL(redis.url);
  throughIt.port = String(way.port);
  const api = await startService('api', { ...system.env, REDIS_URL: throughIt.href });
  await untilReached(api);
  const visitor = createVisitor(api.url, system.catcher);
  const mails = () => system.catcher.mails().filter(({ envelope }) => envelope.to.includes(visitor.email));
  // A worker that has the mail in hand when it is withdrawn keeps it, and its charge (ADR 12): none takes it so soon.
  const { queue, close } = createProducer(codeIssue, system.redis);
  await queue.pause();
  way.set({ mode: 'stall' });
  expect(await visitor.post('/v1/codes', { email: visitor.email })).toMatchObject({ status: 503 });
  way.set({ mode: 'pass' });
  const limits = () => system.redis.keys('{daypass}:limit:address:*');
  const before = await limits();

  const asked = await visitor.post('/v1/codes', { email: visitor.email });
  expect(asked.status).toBe(202);
  await queue.resume();
  await close();
  expect((await visitor.mail()).messageId).toContain(String(asked.body['id']));
  // Longer than a mail takes.
  await sleep(2_000);
  expect(mails()).toHaveLength(1);
  const [list = ''] = (await limits()).filter((key) => !before.includes(key));
  expect(await system.redis.llen(list)).toBe(1);
  expect(await visitor.post('/v1/codes', { email: visitor.email })).toMatchObject({ status: 429 });
  await api.stop();
  await way.close();
});

test('with Redis killed a request is refused within a second, a code is not compared, and both are taken again when Redis is back', async () => {
  const invited = system.visitor();
  const id = await invited.ask();
  const code = await invited.code();
  await redis.kill();
  const visitor = system.visitor();
  await expect
    .poll(async () => {
      const started = performance.now();
      const { status, headers } = await visitor.post('/v1/codes', { email: visitor.email });
      return { status, retryAfter: headers.has('retry-after'), withinASecond: performance.now() - started < 1_000 };
    })
    .toEqual({ status: 503, retryAfter: true, withinASecond: true });
  expect((await readiness(system.apis[0]?.opsUrl ?? '')).code).toBe(503);
  // Uncounted, nobody may guess: not with the right code either.
  expect((await invited.verify(id, code)).body).toMatchObject({ status: 503, code: 'unavailable' });
  expect((await invited.post('/v1/codes/verify', { email: invited.email, code })).body).toMatchObject({ status: 503 });

  await restartRedis();
  await expect.poll(async () => (await invited.verify(id, code)).status, { timeout: 15_000 }).toBe(200);
  await expect.poll(async () => (await visitor.post('/v1/codes', { email: visitor.email })).status, { timeout: 15_000 }).toBe(202);
  expect(await visitor.code()).toBeTruthy();
});

test('processes that start without their stores come to life when those appear', async () => {
  await Promise.all([redis.kill(), mongo.kill()]);
  const env = { ...system.env, LOG_LEVEL: 'info' };
  const [api, worker] = await Promise.all([startService('api', env), startService('mailer-worker', env)]);
  const visitor = createVisitor(api.url, system.catcher);
  expect((await visitor.post('/v1/codes', { email: visitor.email })).status).toBe(503);

  await Promise.all([restartRedis(), restartMongo()]);
  await expect.poll(async () => (await visitor.post('/v1/codes', { email: visitor.email })).status, { timeout: 15_000 }).toBe(202);
  expect(await visitor.code()).toBeTruthy();
  await expect.poll(() => readiness(worker.opsUrl), { timeout: 15_000 }).toEqual(expect.objectContaining({ status: 'ready' }));
  await Promise.all([api.stop(), worker.stop()]);
});

test('every process stops on SIGTERM with Redis and MongoDB gone', async () => {
  const env = { ...system.env, LOG_LEVEL: 'info' };
  const services = await Promise.all([startService('api', env), startService('mailer-worker', env), startService('sweeper', env)]);
  await Promise.all([redis.kill(), mongo.kill()]);
  await Promise.all(services.map((service) => service.stop(15_000)));
  for (const service of services) expect(await service.exited).toEqual({ code: 0, signal: null });
  await Promise.all([restartRedis(), restartMongo()]);
});
