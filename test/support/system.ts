import { randomBytes } from 'node:crypto';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { startCatcher, type Catcher } from '@daypass/tools/catcher/start-catcher';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { createVisitor, type Visitor } from './visitor.ts';
import { startService, type ServiceProcess } from './processes.ts';
import { databaseUrl, sharedStores } from './stores.ts';

/** A whole Daypass: real processes on real stores, with a real mail server to deliver to. */
export interface System {
  apis: ServiceProcess[];
  workers: ServiceProcess[];
  sweepers: ServiceProcess[];
  catcher: Catcher;
  env: NodeJS.ProcessEnv;
  redis: Redis;
  mongo: mongoose.Connection;
  /** Somebody at a network address of their own, talking to the n-th API. */
  visitor(api?: number): Visitor;
  stop(): Promise<void>;
}

export interface SystemOptions {
  apis?: number;
  workers?: number;
  sweepers?: number;
  env?: NodeJS.ProcessEnv;
}

/** What the tests sign in to the queue dashboard with. */
export const opsUser = { name: 'ops', secret: randomBytes(12).toString('base64url') };

export async function startSystem({ apis = 1, workers = 1, sweepers = 0, env: extra }: SystemOptions = {}): Promise<System> {
  const catcher = await startCatcher({ keep: 10_000 });
  const database = `test-${randomBytes(6).toString('hex')}`;
  const env: NodeJS.ProcessEnv = {
    ...makeSecrets(new Date(), randomBytes),
    REDIS_URL: sharedStores().redisUrl,
    MONGODB_URL: databaseUrl(database),
    SMTP_URL: catcher.smtpUrl,
    PUBLIC_URL: 'http://localhost:3000',
    PORT: '0',
    OPS_PORT: '0',
    OPS_USERS: `${opsUser.name}:${opsUser.secret}`,
    // So that a test can speak from many networks.
    TRUSTED_PROXIES: '127.0.0.1/32',
    LOG_LEVEL: 'trace',
    ...extra,
  };
  const redis = new Redis(sharedStores().redisUrl);
  await redis.flushdb();
  const mongo = await mongoose.createConnection(databaseUrl(database)).asPromise();

  const start = (name: 'api' | 'mailer-worker' | 'sweeper', count: number) =>
    Promise.all(Array.from({ length: count }, () => startService(name, env)));
  const [apiProcesses, workerProcesses, sweeperProcesses] = await Promise.all([
    start('api', apis),
    start('mailer-worker', workers),
    start('sweeper', sweepers),
  ]);

  return {
    apis: apiProcesses,
    workers: workerProcesses,
    sweepers: sweeperProcesses,
    catcher,
    env,
    redis,
    mongo,
    visitor: (api = 0) => createVisitor(apiProcesses[api]?.url ?? '', catcher),
    async stop() {
      await Promise.all([...apiProcesses, ...workerProcesses, ...sweeperProcesses].map((service) => service.stop()));
      await mongo.dropDatabase();
      await mongo.close();
      await redis.flushdb();
      redis.disconnect();
      await catcher.stop();
    },
  };
}
