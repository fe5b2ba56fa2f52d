import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { findOnPath } from '../processes/find-on-path.ts';
import { runCommand } from '../processes/run-command.ts';
import { defaultCacheDir } from '../repo.ts';
import { unpackDebian } from '../stores/unpack-debian.ts';

const home = join(defaultCacheDir, `nginx-${process.arch}`);
const askMs = 10_000;

export interface FoundNginx {
  command: string;
  env: NodeJS.ProcessEnv;
}

/** From PATH, else from the cache, else fetched from the Debian packages into the cache: root or not, no daemon. */
export async function findNginx(): Promise<FoundNginx> {
  const { PATH } = process.env;
  const onPath = findOnPath('nginx');
  if (onPath) return { command: onPath, env: { PATH } };
  if (!existsSync(home)) {
    if (!findOnPath('apt-get') || !findOnPath('dpkg')) throw new Error('There is no nginx on PATH. Install it, with its auth_request module.');
    await unpackDebian({ packages: ['nginx-light'], into: home, verify });
  }
  return { command: join(home, 'usr/sbin/nginx'), env: { PATH, LD_LIBRARY_PATH: librariesOf(home) } };
}

async function verify(part: string): Promise<void> {
  const env = { ...process.env, LD_LIBRARY_PATH: librariesOf(part) };
  await runCommand(join(part, 'usr/sbin/nginx'), ['-v'], { timeoutMs: askMs, env });
}

function librariesOf(part: string): string {
  const folders = ['usr/lib', 'lib'].map((folder) => join(part, folder)).filter((folder) => existsSync(folder));
  return [...folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))), ...folders].join(delimiter);
}
