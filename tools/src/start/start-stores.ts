import { join } from 'node:path';

import { step } from '../../bootstrap/step.mjs';
import { startCatcher } from '../catcher/start-catcher.ts';
import { startMongo } from '../stores/mongo-engine.ts';
import { startRedis } from '../stores/redis-server.ts';
import type { Ports } from './choose-ports.ts';
import type { Parts } from './parts.ts';
import type { RunFile } from './run-file.ts';
import type { Settings } from './settings.ts';

export type Stores = {
  redisUrl: string;
  mongodbUrl: string;
  smtpUrl: string;
  inboxUrl?: string;
  /** What of these is ours, for run.json. */
  ports: RunFile['ports'];
  pids: RunFile['pids'];
};

type Options = { settings: Settings; dataDir: string; ports: Ports; parts: Parts };

/** Redis, MongoDB and somewhere for mail to go: what the user has, else what we bring. */
export async function startStores({ settings, dataDir, ports, parts }: Options): Promise<Stores> {
  const redis = settings.redisUrl ? undefined : await step('redis', () => ownRedis(join(dataDir, 'redis'), parts));
  const mongo = settings.mongodbUrl ? undefined : await step('mongodb', () => ownMongo(join(dataDir, 'mongo'), parts));
  const catcher = settings.smtpUrl ? undefined : await step('mail catcher', () => ownCatcher(ports.inbox ?? 0, parts));
  return {
    redisUrl: redis?.url ?? settings.redisUrl ?? '',
    mongodbUrl: mongo?.url('daypass') ?? settings.mongodbUrl ?? '',
    smtpUrl: catcher?.smtpUrl ?? settings.smtpUrl ?? '',
    ...(catcher && { inboxUrl: catcher.inboxUrl }),
    ports: {
      ...(redis && { redis: redis.port }),
      ...(catcher && { smtp: portOf(catcher.smtpUrl), inbox: portOf(catcher.inboxUrl) }),
    },
    pids: { ...(redis && { redis: redis.pid }), ...(mongo && { mongo: mongo.pid }) },
  };
}

async function ownRedis(dataDir: string, parts: Parts) {
  const redis = await startRedis({ dataDir });
  parts.add('store', { name: 'redis', ...redis });
  return redis;
}

async function ownMongo(dataDir: string, parts: Parts) {
  const mongo = await startMongo({ dataDir });
  parts.add('store', { name: 'mongodb', ...mongo });
  return mongo;
}

async function ownCatcher(httpPort: number, parts: Parts) {
  // Somebody else who starts at the same moment may have it by now: where the inbox is, is printed in any case.
  const catcher = await startCatcher({ httpPort }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    return startCatcher();
  });
  parts.add('store', { name: 'mail catcher', stop: catcher.stop, kill: catcher.stop });
  return catcher;
}

const portOf = (url: string) => Number(new URL(url).port);
