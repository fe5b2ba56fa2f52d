import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type LeashedProcess, startLeashedProcess } from '../processes/leashed-process.ts';
import { repoDir } from '../repo.ts';
import { within } from '../within.ts';
import { findNginx } from './find-nginx.ts';

export interface Example {
  name: string;
  url: string;
  program: LeashedProcess;
}

const examplesDir = join(repoDir, 'examples');
const listenMs = 15_000;
const examplePorts = { express: 4000, 'nginx-static': 4001, 'oidc-client': 4002 };

/** An example that is a program: it says its address when it listens. */
export async function startProgram(name: 'express' | 'oidc-client', daypassUrl: string, port = examplePorts[name]): Promise<Example> {
  const { promise: listens, resolve } = Promise.withResolvers<void>();
  const program = startLeashedProcess({
    command: process.execPath,
    args: [join(examplesDir, name, 'server.mjs')],
    env: { PATH: process.env['PATH'], PORT: String(port), DAYPASS_URL: daypassUrl },
    onLine: (line) => line.startsWith('http://') && resolve(),
  });
  await within(listenMs, Promise.race([listens, died(name, program)]), `examples/${name} did not listen`);
  return { name, url: `http://localhost:${port}`, program };
}

/** nginx with the configuration of the example, which names Daypass and a port: those are put in. */
export async function startNginxExample(daypassUrl: string, port = examplePorts['nginx-static']): Promise<Example> {
  const name = 'nginx-static';
  const dir = join(examplesDir, name);
  const { command, env } = await findNginx();
  const written = readFileSync(join(dir, 'nginx.conf'), 'utf8')
    .replace('127.0.0.1:3000', `127.0.0.1:${new URL(daypassUrl).port || '80'}`)
    .replace('127.0.0.1:4001', `127.0.0.1:${port}`)
    // nginx reads a path in a configuration from where that is, and the rest from its prefix.
    .replace('root www;', `root ${dir}/www;`);
  const file = join(dir, '.run', `nginx-${port}.conf`);
  writeFileSync(file, written.replace('.run/nginx.pid', `.run/nginx-${port}.pid`));
  const owner = process.getuid?.() === 0 ? ' user root;' : '';
  const program = startLeashedProcess({ command, args: ['-p', dir, '-c', file, '-e', 'stderr', '-g', `daemon off;${owner}`], env });
  const url = `http://localhost:${port}`;
  await within(listenMs, Promise.race([answers(url), died(name, program)]), `examples/${name} did not listen`);
  return { name, url, program };
}

async function died(name: string, { exited, lastLines }: LeashedProcess): Promise<never> {
  await exited;
  throw new Error([`examples/${name} has ended`, ...lastLines()].join('\n'));
}

async function answers(url: string): Promise<void> {
  const pauseMs = 100;
  for (;;) {
    const status = await fetch(`${url}/.daypass/leave`).then((answer) => answer.status, () => 0);
    if (status > 0) return;
    await new Promise((settle) => setTimeout(settle, pauseMs));
  }
}
