import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { repoDir } from '@daypass/tools/repo';
import { within } from '@daypass/tools/within';

/** A process that is measured. It ends when the bench does, however that ends. */
export interface Program {
  pid: number;
  /** Where it listens; empty when it does not. */
  url: string;
  /** The next line it writes that `wanted` makes something of. Rejects at the deadline, and when it ends. */
  said<T>(deadlineMs: number, wanted: (line: Record<string, unknown>) => T | undefined): Promise<T>;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  env: NodeJS.ProcessEnv;
  /** For Node itself, such as --cpu-prof. */
  nodeArgs?: readonly string[];
}

const startDeadlineMs = 20_000;

const nodeOptions = nodeOptionsOfImages();

export type ServiceName = 'api' | 'mailer-worker' | 'sweeper';

const up: Record<ServiceName, string> = {
  api: 'api listens',
  'mailer-worker': 'mailer worker takes jobs',
  sweeper: 'sweeper runs',
};

/** Starts a service of ours. Resolves when it says that it is up. */
export function startService(name: ServiceName, options: ProgramOptions): Promise<Program> {
  return startProgram(join(repoDir, 'services', name, 'src/main.ts'), options, (line) => line['msg'] === up[name]);
}

/** Starts a yardstick of bench/src/sides, the same way. It says `{"up":true}` when it is up. */
export function startSide(name: string, options: ProgramOptions): Promise<Program> {
  return startProgram(join(repoDir, 'bench/src/sides', `${name}.ts`), options, (line) => line['up'] === true);
}

async function startProgram(
  path: string,
  { env, nodeArgs = [] }: ProgramOptions,
  isUp: (line: Record<string, unknown>) => boolean,
): Promise<Program> {
  const listeners = new Set<(line: Record<string, unknown>) => void>();
  const child = startLeashedProcess({
    command: process.execPath,
    args: [...nodeArgs, path],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', NODE_OPTIONS: nodeOptions, ...env },
    onLine(line) {
      const object = listeners.size > 0 ? parsed(line) : undefined;
      if (object) for (const listener of listeners) listener(object);
    },
  });
  const ended = child.exited.then(({ code, signal }) => {
    throw new Error(`${path} ended (${code ?? signal}):\n${child.lastLines().join('\n')}`);
  });
  ended.catch(() => undefined); // Whoever waits for something hears of it.

  function said<T>(deadlineMs: number, wanted: (line: Record<string, unknown>) => T | undefined): Promise<T> {
    const heard = new Promise<T>((resolve) => {
      const listener = (line: Record<string, unknown>) => {
        const value = wanted(line);
        if (value === undefined) return;
        listeners.delete(listener);
        resolve(value);
      };
      listeners.add(listener);
    });
    return within(deadlineMs, Promise.race([heard, ended]), `${path} did not say what was waited for`);
  }

  const first = await said(startDeadlineMs, (line) => (isUp(line) ? line : undefined));
  return {
    pid: child.pid,
    url: typeof first['address'] === 'string' ? first['address'] : '',
    said,
    stop: () => child.stop(),
  };
}

/** What Node is told in our images: the yardsticks' Node is told the same. */
function nodeOptionsOfImages(): string {
  const [, options] = /^ENV NODE_OPTIONS="(.+)"$/m.exec(readFileSync(join(repoDir, 'deploy/Dockerfile'), 'utf8')) ?? [];
  if (options === undefined) throw new Error('deploy/Dockerfile says no NODE_OPTIONS, which the bench starts everything with');
  return options;
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined; // A warning of Node's, which is nobody's answer.
  }
}
