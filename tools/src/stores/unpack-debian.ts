import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { partFolder } from '../../bootstrap/part-folder.mjs';
import { runCommand } from '../processes/run-command.ts';

type Options = { packages: readonly string[]; into: string; verify: (home: string) => Promise<void> };

const UPDATE_MS = 120_000;
const DOWNLOAD_MS = 120_000;
const UNPACK_MS = 30_000;

/**
 * Debian packages and what they need and this machine lacks, unpacked into a folder of ours. An install would ask
 * for root and start a daemon; this does neither. The folder appears complete or not at all.
 */
export async function unpackDebian({ packages, into, verify }: Options): Promise<void> {
  const work = partFolder(into);
  try {
    await download(work, packages);
    const home = join(work, 'home');
    for (const archive of archivesIn(work)) {
      await runCommand('dpkg', ['-x', archive, home], { timeoutMs: UNPACK_MS });
    }
    await verify(home);
    publish(home, into);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function download(work: string, packages: readonly string[]): Promise<void> {
  for (const folder of ['state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const config = join(work, 'apt.conf');
  writeFileSync(config, aptConfig(work));
  await runCommand('apt-get', ['-c', config, '-q', 'update'], { timeoutMs: UPDATE_MS });
  const install = ['-c', config, '-q', '-y', '--no-install-recommends', '--download-only', 'install', ...packages];
  await runCommand('apt-get', install, { timeoutMs: DOWNLOAD_MS });
}

/** The machine's sources, keys and proxies; lists, archives and locks of our own; none of the machine's hooks. */
function aptConfig(work: string): string {
  return [
    `Dir::State "${work}/state";`,
    'Dir::State::status "/var/lib/dpkg/status";',
    `Dir::Cache "${work}/cache";`,
    `Dir::Log "${work}";`,
    'Debug::NoLocking "true";',
    'APT::Sandbox::User "";', // `_apt` may not enter our folder
    'APT::Keep-Downloaded-Packages "true";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "15";',
    'Acquire::https::Timeout "15";',
    ...['APT::Update::Pre-Invoke', 'APT::Update::Post-Invoke', 'APT::Update::Post-Invoke-Success'].map(clear),
    ...['APT::Install::Pre-Invoke', 'DPkg::Pre-Invoke', 'DPkg::Post-Invoke', 'DPkg::Pre-Install-Pkgs'].map(clear),
  ].join('\n');
}

const clear = (option: string) => `#clear ${option};`;

function archivesIn(work: string): string[] {
  const folder = join(work, 'cache/archives');
  return readdirSync(folder).filter((name) => name.endsWith('.deb')).map((name) => join(folder, name));
}

function publish(home: string, into: string): void {
  try {
    renameSync(home, into);
  } catch (error) {
    // Another start fetched the same at the same time and was first.
    if (!existsSync(into)) throw error;
  }
}
