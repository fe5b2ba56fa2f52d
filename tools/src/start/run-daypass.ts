import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { type Row, addressTable } from './address-table.ts';
import { choosePorts } from './choose-ports.ts';
import { keepSecrets } from './keep-secrets.ts';
import type { Parts } from './parts.ts';
import type { Surroundings } from './service-environment.ts';
import { readSecretFiles } from './read-secret-files.ts';
import { readSettings } from './settings.ts';
import { opsUrl, type Programs, startServices } from './start-services.ts';
import { startStores, type Stores } from './start-stores.ts';
import type { Home } from './take-home.ts';

type Options = { home: Home; programs: Programs; env: NodeJS.ProcessEnv; onTerminal: boolean; parts: Parts };

/** Brings everything up in order and says where it is; what was started so far is in `parts`, also when it fails. */
export async function runDaypass({ home, programs, env: given, onTerminal, parts }: Options): Promise<void> {
  const startedAt = performance.now();
  const env = readSecretFiles(given);
  const settings = readSettings(env);
  const ports = await choosePorts(settings, home.formerMayBeEnding);
  const secretPaths = keepSecrets(join(home.dir, 'keys'), new Date());
  const stores = await startStores({ settings, dataDir: home.dir, ports, parts });
  const around: Surroundings = {
    env,
    settings,
    ports,
    secretPaths,
    redisUrl: stores.redisUrl,
    mongodbUrl: stores.mongodbUrl,
    smtpUrl: stores.smtpUrl,
    publicUrl: settings.publicUrl ?? `http://localhost:${ports.api}`,
    // Printed below for whoever sits here; a log is for more eyes than that.
    opsUsers: settings.opsUsers ?? (onTerminal ? `ops:${randomBytes(15).toString('base64url')}` : undefined),
  };
  const servicePids = await startServices({ programs, around, onTerminal, parts });

  home.announce({
    urls: urlsOf(around, stores),
    ports: { ...ports, ...stores.ports },
    pids: { start: process.pid, ...stores.pids, ...servicePids },
  });
  console.log(`ready … ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  console.log(addressTable(rowsOf(around, stores)));
  console.log('Press Ctrl-C to stop');
}

function urlsOf({ publicUrl, settings, ports, opsUsers }: Surroundings, { inboxUrl }: Stores): Record<string, string> {
  const ops = (name: keyof Programs) => opsUrl(name, settings.opsHost, ports);
  return {
    api: publicUrl,
    docs: `${publicUrl}/docs`,
    ...(inboxUrl && { inbox: inboxUrl }),
    ...(opsUsers && { queues: `${ops('api')}/queues` }),
    apiOps: ops('api'),
    workerOps: ops('mailer-worker'),
    sweeperOps: ops('sweeper'),
  };
}

function rowsOf(around: Surroundings, stores: Stores): Row[] {
  const urls = urlsOf(around, stores);
  const inbox = stores.inboxUrl ?? 'the mail goes to your SMTP_URL';
  return [
    { name: 'API', address: urls['api'] ?? '' },
    { name: 'Docs', address: urls['docs'] ?? '' },
    { name: 'Inbox', address: inbox },
    { name: 'Queue dashboard', ...dashboard(around, urls['queues'] ?? '') },
  ];
}

function dashboard({ settings, opsUsers }: Surroundings, address: string): { address: string; note?: string } {
  if (settings.opsUsers) return { address, note: 'sign in as OPS_USERS says' };
  if (!opsUsers) return { address: 'off: set OPS_USERS=ops:at-least-12-characters' };
  const [name, secret] = opsUsers.split(':');
  return { address, note: `sign in as ${name} with ${secret}` };
}

