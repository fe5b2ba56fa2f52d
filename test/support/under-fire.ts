import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongo } from '@daypass/tools/stores/mongo-engine';
import { startRedis } from '@daypass/tools/stores/redis-server';
import { startService, untilReached, type ServiceName, type ServiceProcess } from './processes.ts';
import { startSystem, type System } from './system.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A store that is the test's own, and the way to it. */
export interface FaultyStore {
  /** Between the processes and the store. */
  way: TcpProxy;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** On the same files and at the same address. */
  restart(): Promise<void>;
}

/** A whole Daypass whose every part can be broken, one by one, while it runs. */
export interface UnderFire {
  system: System;
  redis: FaultyStore;
  mongo: FaultyStore;
  /** Between the workers and the mail server. */
  smtp: TcpProxy;
  /** Starts one more. It is of the system at once, and may be waited for. */
  start(name: ServiceName, env?: NodeJS.ProcessEnv): Promise<ServiceProcess>;
  /** SIGKILL, and gone from the system. */
  kill(name: ServiceName, service: ServiceProcess): Promise<void>;
  /** Those of one kind that run. */
  running(name: ServiceName): ServiceProcess[];
  stop(): Promise<void>;
}

export interface Fleet {
  apis?: number;
  workers?: number;
  sweepers?: number;
  env?: NodeJS.ProcessEnv;
  appendfsync?: 'everysec' | 'no';
}

/** Starts it on stores of its own. Tests look at the stores directly, processes reach them through proxies. */
export async function startUnderFire(fleet: Fleet): Promise<UnderFire> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-fire-'));
  const places = { redis: join(dir, 'redis'), mongo: join(dir, 'mongo') };
  const redisOptions = { dataDir: places.redis, appendfsync: fleet.appendfsync ?? 'everysec' };
  let redis = await startRedis(redisOptions);
  let mongo = await startMongo({ dataDir: places.mongo });
  const ways = {
    redis: await startTcpProxy({ host: '127.0.0.1', port: redis.port }),
    mongo: await startTcpProxy({ path: mongo.socketPath }),
  };
  const system = await startSystem({ apis: 0, workers: 0, redisUrl: redis.url, mongodbUrl: mongo.url('fire') });
  const smtp = await startTcpProxy({ host: '127.0.0.1', port: portOf(system.catcher.smtpUrl) });
  Object.assign(system.env, {
    REDIS_URL: redis.url.replace(`:${redis.port}`, `:${ways.redis.port}`),
    MONGODB_URL: `mongodb://127.0.0.1:${ways.mongo.port}/fire?directConnection=true&w=1&journal=true`,
    SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    LOG_LEVEL: 'info',
    ...fleet.env,
  });

  const kinds: Record<ServiceName, ServiceProcess[]> = {
    api: system.apis,
    'mailer-worker': system.workers,
    sweeper: system.sweepers,
  };
  const start = async (name: ServiceName, env: NodeJS.ProcessEnv = {}) => {
    const service = await startService(name, { ...system.env, ...env });
    kinds[name].push(service);
    return service;
  };
  const startAll = (name: ServiceName, count: number) => Array.from({ length: count }, () => start(name));
  const { apis = 2, workers = 2, sweepers = 0 } = fleet;
  await Promise.all([
    ...startAll('api', apis),
    ...startAll('mailer-worker', workers),
    ...startAll('sweeper', sweepers),
  ]);
  await Promise.all([...system.apis, ...system.workers].map(untilReached));

  return {
    system,
    smtp,
    redis: {
      way: ways.redis,
      kill: () => redis.kill(),
      async restart() {
        redis = await startRedis({ ...redisOptions, port: redis.port });
      },
    },
    mongo: {
      way: ways.mongo,
      kill: () => mongo.kill(),
      async restart() {
        mongo = await startMongo({ dataDir: places.mongo });
      },
    },
    start,
    async kill(name, service) {
      kinds[name].splice(kinds[name].indexOf(service), 1);
      await service.kill();
    },
    running: (name) => [...kinds[name]],
    async stop() {
      for (const way of [ways.redis, ways.mongo, smtp]) way.set({ mode: 'pass' });
      await system.stop();
      await Promise.all([ways.redis.close(), ways.mongo.close(), smtp.close()]);
      await Promise.all([redis.stop(), mongo.stop()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const portOf = (url: string) => Number(new URL(url).port);
