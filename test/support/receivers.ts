import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '@daypass/tools/ports/free-port';
import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { runCommand } from '@daypass/tools/processes/run-command';
import { defaultCacheDir } from '@daypass/tools/repo';
import { unpackDebian } from '@daypass/tools/stores/unpack-debian';

/** A mail server that others wrote. */
export interface Receiver {
  url: string;
  lastLines(): readonly string[];
  stop(): Promise<void>;
}

const timeoutMs = 20_000;
const home = join(defaultCacheDir, `receivers-${process.arch}`);
/** From PATH, else from the cache. */
const programs = {
  'smtp-sink': () => findOnPath('smtp-sink') ?? join(home, 'usr/sbin/smtp-sink'),
  python3: () => findOnPath('python3') ?? join(home, 'usr/bin/python3'),
};

/** What is unpacked looks for its libraries and modules where they would be installed. */
function environment(at: string): NodeJS.ProcessEnv {
  const libraries = globSync(['usr/lib/postfix', 'usr/lib/*-linux-*', 'lib/*-linux-*'], { cwd: at }).map((folder) => join(at, folder));
  const { PATH, LD_LIBRARY_PATH } = process.env;
  return { PATH, LD_LIBRARY_PATH: [...libraries, LD_LIBRARY_PATH].filter(Boolean).join(delimiter), PYTHONPATH: join(at, 'usr/lib/python3/dist-packages') };
}

/** Postfix's smtp-sink and Python's aiosmtpd: from PATH, else fetched from the Debian packages into the cache, root or not. */
export async function bringReceivers(): Promise<void> {
  if ((findOnPath('smtp-sink') && findOnPath('aiosmtpd')) || existsSync(home)) return;
  if (!findOnPath('apt-get') || !findOnPath('dpkg')) {
    throw new Error('These tests want smtp-sink and aiosmtpd on PATH: Debian has them in postfix and python3-aiosmtpd.');
  }
  await unpackDebian({
    packages: ['postfix', 'python3', 'python3-aiosmtpd'],
    into: home,
    async verify(at) {
      await runCommand(findOnPath('python3') ?? join(at, 'usr/bin/python3'), ['-c', 'import aiosmtpd.main'], { timeoutMs, env: environment(at) });
      if (!existsSync(join(at, 'usr/sbin/smtp-sink'))) throw new Error('the package postfix has no smtp-sink');
    },
  });
}

/** It does not run as root. */
const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];

const commands = {
  // The second number is how many connections may wait.
  "postfix's smtp-sink": (port: number) => [programs['smtp-sink'](), ...asNobody, `127.0.0.1:${port}`, '100'],
  aiosmtpd: (port: number) => [programs.python3(), '-m', 'aiosmtpd', '-n', '-c', 'aiosmtpd.handlers.Sink', '-l', `127.0.0.1:${port}`],
} as const;
export const receiverNames = Object.keys(commands) as (keyof typeof commands)[];

/** It may take a moment until it listens: a worker tries again. */
export async function startReceiver(name: keyof typeof commands): Promise<Receiver> {
  const port = await freePort();
  const [command, ...args] = commands[name](port) as [string, ...string[]];
  const server = startLeashedProcess({ command, args, env: environment(home) });
  return { url: `smtp://127.0.0.1:${port}`, lastLines: () => server.lastLines(), stop: () => server.stop() };
}
