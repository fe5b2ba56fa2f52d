import { randomBytes } from 'node:crypto';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { startCatcher, type Catcher } from '@daypass/tools/catcher/start-catcher';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { createVisitor, type Visitor } from './visitor.ts';
import { startService, untilReached, type ServiceProcess } from './processes.ts';
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
  /** Stores of the test's own, which it may stop and kill. */
  redisUrl?: string;
  mongodbUrl?: string;
  env?: NodeJS.ProcessEnv;
}

/** What the tests sign in to the queue dashboard with. */
export const opsUser = { name: 'ops', secret: randomBytes(12).toString('base64url') };

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { apis = 1, workers = 1, sweepers = 0, redisUrl = sharedStores().redisUrl } = options;
  const catcher = await startCatcher({ keep: 10_000 });
  const mongodbUrl = options.mongodbUrl ?? databaseUrl(`test-${randomBytes(6).toString('hex')}`);
  const env: NodeJS.ProcessEnv = {
    ...makeSecrets(new Date(), randomBytes),
    REDIS_URL: redisUrl,
    MONGODB_URL: mongodbUrl,
    SMTP_URL: catcher.smtpUrl,
    PUBLIC_URL: 'http://localhost:3000',
    PORT: '0',
    OPS_PORT: '0',
    OPS_USERS: `${opsUser.name}:${opsUser.secret}`,
    // So that a test can speak from many networks.
    TRUSTED_PROXIES: '127.0.0.1/32',
    LOG_LEVEL: 'trace',
    ...options.env,
  };
  const [firstNode = redisUrl] = redisUrl.split(',');
  const redis = new Redis(firstNode, { maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined); // Some tests take it away.
  await redis.flushdb();
  const mongo = await mongoose.createConnection(mongodbUrl).asPromise();

  const start = (name: 'api' | 'mailer-worker' | 'sweeper', count: number) =>
    Promise.all(Array.from({ length: count }, () => startService(name, env)));
  const [apiProcesses, workerProcesses, sweeperProcesses] = await Promise.all([
    start('api', apis),
    start('mailer-worker', workers),
    start('sweeper', sweepers),
  ]);
  await Promise.all([...apiProcesses, ...workerProcesses].map(untilReached));

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
      if (options.mongodbUrl === undefined) await mongo.dropDatabase();
      await mongo.close(true);
      if (options.redisUrl === undefined) await redis.flushdb();
      redis.disconnect();
      await catcher.stop();
    },
  };
}
