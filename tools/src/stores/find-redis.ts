import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { step } from '../../bootstrap/step.mjs';
import { findOnPath } from '../processes/find-on-path.ts';
import { runCommand } from '../processes/run-command.ts';
import { unpackDebian } from './unpack-debian.ts';

export type RedisBinary = { command: string; libraryPath?: string };

/** redis-server from PATH, else from the cache, else fetched into the cache. Nothing is installed on the machine. */
export async function findRedis(cacheDir: string): Promise<RedisBinary> {
  const onPath = findOnPath('redis-server');
  if (onPath) return { command: onPath };

  const home = join(cacheDir, `redis-${process.arch}`);
  if (!existsSync(home)) await fetchRedis(home);
  return unpacked(home);
}

async function fetchRedis(home: string): Promise<void> {
  if (!findOnPath('apt-get') || !findOnPath('dpkg')) throw new Error(notHere('There is no redis-server on PATH'));
  try {
    await step('redis-server, fetched from the Debian packages', () =>
      unpackDebian({ packages: ['redis-server'], into: home, verify }),
    );
  } catch (error) {
    throw new Error(notHere(`redis-server could not be fetched (${reason(error)})`), { cause: error });
  }
}

/** A library that is missing shows here, not at the first start. */
async function verify(home: string): Promise<void> {
  const { command, libraryPath } = unpacked(home);
  await runCommand(command, ['--version'], {
    env: { ...process.env, LD_LIBRARY_PATH: libraryPath },
    timeoutMs: 10_000,
  });
}

function unpacked(home: string): RedisBinary {
  const libraries = ['usr/lib', 'lib'].map((folder) => join(home, folder)).filter((folder) => existsSync(folder));
  const perMachine = libraries.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return {
    command: join(home, 'usr/bin/redis-server'),
    libraryPath: [...perMachine, ...libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter),
  };
}

function notHere(why: string): string {
  return `${why}. Install Redis 7 or newer, or set REDIS_URL to a server you have, for example REDIS_URL=redis://127.0.0.1:6379.`;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));
