import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { pnpmPath } from './bring-node.mjs';
import { places } from './places.mjs';
import { runQuietly } from './run-quietly.mjs';
import { step } from './step.mjs';
import { withLock } from './with-lock.mjs';

const INSTALL_MS = 10 * 60_000;

/** Installs the packages when the lockfile or a manifest is not the one they were installed from. */
export async function bringPackages(node, env) {
  if (isThere()) return;
  await withLock(async () => isThere() || install(node, env));
}

function isThere() {
  return folders().every(hasPackages) && readStamp() === fingerprint();
}

async function install(node, env) {
  const wanted = fingerprint();
  rmSync(places.stamp, { force: true }); // an install that is cut short leaves none
  const args = ['install', '--frozen-lockfile', '--prefer-offline', ...storeOption()];
  const settings = { env: pnpmEnvironment(node, env), timeoutMs: INSTALL_MS };
  await step('packages', () => runQuietly('Installing the packages', pnpmPath(), args, settings));
  // vitest keeps files it has transformed, with the paths its packages had: after an install they may be others.
  rmSync(join(places.repo, 'node_modules/.vitest-cache'), { recursive: true, force: true });
  writeFileSync(`${places.stamp}.part`, wanted);
  renameSync(`${places.stamp}.part`, places.stamp);
}

function pnpmEnvironment(node, env) {
  return {
    ...env,
    PATH: [dirname(node), env.PATH].join(delimiter),
    CI: 'true', // replace a folder that is in the way, ask nobody
    // Without a network, say so in seconds: by itself pnpm waits a minute before each package's last try.
    pnpm_config_fetch_retries: '2',
    pnpm_config_fetch_retry_mintimeout: '1000',
    pnpm_config_fetch_retry_maxtimeout: '2000',
  };
}

/** pnpm's own store where that works, shared with the user's other projects; else one in the cache. */
function storeOption() {
  const home = homedir();
  try {
    accessSync(home, constants.W_OK);
    // Across file systems pnpm would look for a place for its store further up, outside of both.
    if (statSync(home).dev === statSync(places.repo).dev) return [];
  } catch {
    // A user without a home, as in many containers.
  }
  return ['--store-dir', join(places.cache, 'pnpm-store')];
}

/** Of what the packages depend on. */
function fingerprint() {
  const hash = createHash('sha256');
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...folders().map((folder) => join(folder, 'package.json'))];
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(places.repo, file))).update('\n');
  return hash.update(`${process.platform} ${process.arch}`).digest('hex');
}

/** The workspace's packages, the root first. */
function folders() {
  const workspace = readFileSync(join(places.repo, 'pnpm-workspace.yaml'), 'utf8');
  const [, list = ''] = /^packages:\n((?:\s+-.*\n|\s*#.*\n|\s*\n)*)/m.exec(workspace) ?? [];
  const globs = [...list.matchAll(/^\s+-\s+['"]?([^'"\s#]+)/gm)].map(([, glob]) => glob);
  const found = globs.flatMap((glob) => (glob.endsWith('/*') ? inside(glob.slice(0, -2)) : [glob]));
  const packages = found.filter((folder) => existsSync(join(places.repo, folder, 'package.json')));
  packages.sort((one, other) => (one < other ? -1 : 1)); // a folder's order is up to the file system
  return ['.', ...packages];
}

function inside(folder) {
  const path = join(places.repo, folder);
  return existsSync(path) ? readdirSync(path).map((name) => join(folder, name)) : [];
}

function hasPackages(folder) {
  const manifest = JSON.parse(readFileSync(join(places.repo, folder, 'package.json'), 'utf8'));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  return names.every((name) => existsSync(join(places.repo, folder, 'node_modules', name)));
}

function readStamp() {
  try {
    return readFileSync(places.stamp, 'utf8');
  } catch {
    return undefined;
  }
}
