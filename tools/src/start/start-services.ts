import { step } from '../../bootstrap/step.mjs';
import { type LeashedProcess, startLeashedProcess } from '../processes/leashed-process.ts';
import type { Ports } from './choose-ports.ts';
import type { Parts } from './parts.ts';
import { serviceEnvironment, type Surroundings } from './service-environment.ts';
import { type ServiceName, showLines } from './show-lines.ts';
import { waitUntilReady } from './wait-until-ready.ts';

export type Programs = Record<ServiceName, string>;

type Options = { programs: Programs; around: Surroundings; onTerminal: boolean; parts: Parts };

const STOP_MS = 10_000;
const names: readonly ServiceName[] = ['api', 'mailer-worker', 'sweeper'];

/** All three at once; resolves with their process ids when each says that it is ready. */
export async function startServices({ programs, around, onTerminal, parts }: Options): Promise<Record<string, number>> {
  const started = names.map((name) => {
    const service = startService(name, programs[name], around, onTerminal);
    parts.add('service', {
      name,
      ...service,
      stop: () => service.stop(STOP_MS),
    });
    return { name, service };
  });
  await Promise.all(
    names.map((name) => step(name, () => waitUntilReady(name, opsUrl(name, around.settings.opsHost, around.ports)))),
  );
  return Object.fromEntries(started.map(({ name, service }) => [name, service.pid]));
}

/** Where the service's internal listener answers on this machine. */
export function opsUrl(name: ServiceName, opsHost: string, ports: Ports): string {
  const port = { api: ports.apiOps, 'mailer-worker': ports.workerOps, sweeper: ports.sweeperOps }[name];
  return `http://${reachable(opsHost)}:${port}`;
}

function startService(name: ServiceName, program: string, around: Surroundings, onTerminal: boolean): LeashedProcess {
  return startLeashedProcess({
    command: process.execPath,
    args: [program],
    env: serviceEnvironment(name, around),
    onLine: showLines(name, onTerminal),
    graceSeconds: STOP_MS / 1000,
  });
}

/** "Every address" is where one listens, not where one asks. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
