import { join } from 'node:path';

import { mongoUrlOf } from '../stores/mongo-engine.ts';
import { redisUrlOf } from '../stores/redis-server.ts';
import type { Ports } from './choose-ports.ts';
import { keepSecrets } from './keep-secrets.ts';
import { readSecretFiles } from './read-secret-files.ts';
import { serviceEnvironment, type Surroundings } from './service-environment.ts';
import { readSettings } from './settings.ts';
import { readHome } from './take-home.ts';

/**
 * What the services of the Daypass that runs in this folder were given, all of them together; nothing when none runs. What
 * `npm start` was given by its shell alone is not known here.
 *
 * @param given what it would be given now: the environment, and .env
 */
export function runningEnvironment(homeDir: string, given: NodeJS.ProcessEnv): NodeJS.ProcessEnv | undefined {
  const run = readHome(homeDir);
  if (!run) return undefined;
  const env = readSecretFiles(given);
  const settings = readSettings(env);
  const { redis, smtp } = run.ports;
  const around: Surroundings = {
    env,
    settings,
    ports: run.ports as Ports,
    secretPaths: keepSecrets(join(homeDir, 'keys'), new Date()),
    redisUrl: settings.redisUrl ?? (redis === undefined ? '' : redisUrlOf(join(homeDir, 'redis'), redis)),
    mongodbUrl: settings.mongodbUrl ?? (run.pids['mongo'] === undefined ? '' : mongoUrlOf(join(homeDir, 'mongo'), 'daypass')),
    smtpUrl: settings.smtpUrl ?? (smtp === undefined ? '' : `smtp://127.0.0.1:${smtp}`),
    publicUrl: run.urls['api'] ?? '',
    opsUsers: settings.opsUsers,
  };
  return { ...serviceEnvironment('sweeper', around), ...serviceEnvironment('mailer-worker', around), ...serviceEnvironment('api', around) };
}
