import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@daypass/tools/ports/free-port';
import { startMongo, type MongoEngine } from '@daypass/tools/stores/mongo-engine';
import { startRedis, type RedisServer } from '@daypass/tools/stores/redis-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchService, startService, untilReached, type ServiceName } from '../support/processes.ts';
import { startSystem, type System } from '../support/system.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

let dir: string;
let redis: RedisServer;
let mongo: MongoEngine;
let wayToMongo: TcpProxy;
let system: System;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-away-'));
  redis = await startRedis({ dataDir: join(dir, 'redis') });
  mongo = await startMongo({ dataDir: join(dir, 'mongo') });
  wayToMongo = await startTcpProxy({ path: mongo.socketPath });
  const env = { MONGODB_URL: `mongodb://127.0.0.1:${wayToMongo.port}/away?directConnection=true`, LOG_LEVEL: 'debug' };
  system = await startSystem({ apis: 0, workers: 0, redisUrl: redis.url, mongodbUrl: mongo.url('away'), env });
});
afterAll(async () => {
  await system?.stop();
  await wayToMongo?.close();
  await Promise.all([redis?.stop(), mongo?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

interface Said {
  level: string;
  msg: string;
  dependency?: string;
  reason?: string;
}
interface Speaker {
  output: string[];
}
const all: ServiceName[] = ['api', 'mailer-worker', 'sweeper'];
const linesOf = ({ output }: Speaker) => output.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Said);
/** What is read where LOG_LEVEL is info. A sweep that fails meanwhile says so itself. */
const read = (process: Speaker, after = 0) =>
  linesOf(process)
    .slice(after)
    .filter((line) => line.level !== 'debug' && !('sweep' in line))
    .map(({ level, msg, reason = '' }) => `${level} ${msg} ${reason}`.trim())
    .toSorted();
/** Each try is a line at the level debug. */
const hasTried = (process: Speaker) => {
  const tries = linesOf(process).filter(({ level }) => level === 'debug').map(({ dependency }) => dependency);
  return tries.filter((each) => each === 'redis').length >= 10 && tries.filter((each) => each === 'mongodb').length >= 3;
};
const saidByReadyz = async (opsUrl: string) => ((await (await fetch(`${opsUrl}/readyz`)).json()) as { checks: Record<string, string> }).checks;

test('each process says once that a store is lost and why, however often it tries, and once that it is reached again', async () => {
  const services = await Promise.all(all.map(async (name) => untilReached(await startService(name, system.env))));
  const before = services.map((service) => linesOf(service).length);
  const readSince = () => services.map((service, index) => read(service, before[index]));
  await Promise.all([redis.kill(), wayToMongo.close()]);
  // MongoDB's driver looks every ten seconds, or when somebody asks.
  const looked = async () => (await Promise.all(services.map(({ opsUrl }) => saidByReadyz(opsUrl)))).length === services.filter(hasTried).length;
  await expect.poll(looked, { timeout: 50_000 }).toBe(true);
  const warnings = ['warn mongodb: not reached ECONNREFUSED', 'warn redis: not reached ECONNREFUSED'];
  expect(readSince()).toEqual(services.map(() => warnings));
  for (const { opsUrl } of services) {
    const { seals = 'not known', ...checks } = await saidByReadyz(opsUrl);
    expect(checks).toMatchObject({ redis: 'not reached: ECONNREFUSED', mongodb: 'not reached: ECONNREFUSED' });
    // Whether the keys fit cannot be seen without what is sealed: neither that they do nor that they do not.
    expect(seals).toBe('not known');
    const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
    expect(metrics).toContain('daypass_dependency_up{dependency="mongodb"} 0');
    expect(metrics).not.toContain('daypass_dependency_up{dependency="seals"}');
  }

  redis = await startRedis({ dataDir: join(dir, 'redis'), port: redis.port });
  wayToMongo = await startTcpProxy({ path: mongo.socketPath }, wayToMongo.port);
  await Promise.all(services.map(untilReached));
  await expect.poll(readSince).toEqual(services.map(() => ['info mongodb: reached', 'info redis: reached', ...warnings]));
  await Promise.all(services.map((service) => service.stop()));
}, 120_000);

test('each process that does not reach its stores when it starts says so once, with the reason and no password', async () => {
  const password = 'hunter2hunter2hunter2';
  const wrong = {
    REDIS_URL: `redis://:${password}@127.0.0.1:${redis.port}`,
    MONGODB_URL: `mongodb://daypass:${password}@127.0.0.1:1/away?directConnection=true`,
  };
  const opsPorts = [await freePort(), await freePort(), await freePort()];
  const services = all.map((name, index) => launchService(name, { ...system.env, ...wrong, OPS_PORT: String(opsPorts[index]) }));
  await expect.poll(() => services.every(hasTried), { timeout: 50_000 }).toBe(true);
  for (const [index, service] of services.entries()) {
    expect(read(service).filter((line) => !line.startsWith('info'))).toEqual(['warn mongodb: not reached ECONNREFUSED', 'warn redis: not reached WRONGPASS']);
    const checks = await saidByReadyz(`http://127.0.0.1:${opsPorts[index]}`);
    expect(checks).toMatchObject({ redis: 'not reached: WRONGPASS', mongodb: 'not reached: ECONNREFUSED' });
    expect(service.output.join('\n')).not.toContain(password);
  }
  await Promise.all(services.map((service) => service.stop()));
}, 120_000);
