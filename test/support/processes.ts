import { join } from 'node:path';
import { startLeashedProcess, type LeashedProcess } from '@daypass/tools/processes/leashed-process';
import { defaultCacheDir } from '@daypass/tools/repo';
import { until } from '@daypass/tools/testing/until';

/** A service's process, as a test sees it. */
export interface ServiceProcess extends LeashedProcess {
  /** Everything it has written, from the start. */
  output: string[];
  /** Where its internal listener answers. */
  opsUrl: string;
  /** Where its public listener answers; empty when it has none. */
  url: string;
}

export type ServiceName = 'api' | 'mailer-worker' | 'sweeper';

/** Several start at once, on a machine that does other things too. */
const startDeadlineMs = 45_000;
const up: Record<ServiceName, string> = {
  api: 'api listens',
  'mailer-worker': 'mailer worker takes jobs',
  sweeper: 'sweeper runs',
};

/** Starts a service, whatever becomes of it. It ends with the test process, however that ends. */
export function launchService(
  name: ServiceName,
  env: NodeJS.ProcessEnv,
  onLine = (_line: string): void => undefined,
): LeashedProcess & Pick<ServiceProcess, 'output'> {
  const output: string[] = [];
  const child = startLeashedProcess({
    command: process.execPath,
    args: [new URL(`../../services/${name}/src/main.ts`, import.meta.url).pathname],
    // Hundreds are started that load the same code: what one has compiled is there for the others.
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(defaultCacheDir, 'compiled'), ...env },
    onLine: (line) => {
      output.push(line);
      onLine(line);
    },
  });
  return { ...child, output };
}

/** Starts a service and resolves when it says that it is up. */
export async function startService(name: ServiceName, env: NodeJS.ProcessEnv): Promise<ServiceProcess> {
  let onLine = (_line: string): void => undefined;
  const child = launchService(name, env, (line) => onLine(line));
  const { output } = child;

  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} is not up:\n${output.join('\n')}`)), startDeadlineMs);
    onLine = (line) => {
      if (!line.includes(up[name])) return;
      clearTimeout(timer);
      resolve(JSON.parse(line) as Record<string, unknown>);
    };
    void child.exited.then(({ code }) => {
      clearTimeout(timer);
      reject(new Error(`${name} ended with ${code}:\n${output.join('\n')}`));
    });
  });
  const said = await ready;
  const address = typeof said['address'] === 'string' ? said['address'] : '';
  return { ...child, url: address, opsUrl: `http://127.0.0.1:${String(said['opsPort'])}` };
}

/** Resolves to the same once it has reached its stores: a service is up before that, and does what it can without them. */
export async function untilReached(service: ServiceProcess): Promise<ServiceProcess> {
  const isThere = async () => {
    const said = await fetch(`${service.opsUrl}/readyz`, { signal: AbortSignal.timeout(5_000) });
    const { checks } = (await said.json()) as { checks: Record<string, string> };
    return checks['redis'] === 'ok' && checks['mongodb'] === 'ok';
  };
  await until('it has reached its stores', isThere, startDeadlineMs);
  return service;
}
