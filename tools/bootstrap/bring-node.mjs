import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { partFolder } from './part-folder.mjs';
import { places } from './places.mjs';
import { runQuietly } from './run-quietly.mjs';
import { step } from './step.mjs';
import { withLock } from './with-lock.mjs';

const NODE = '24.21.0';
const NODE_MAJOR = 24;
const PNPM = '12.21.0';
const INSTALL_MS = 10 * 60_000;

const runningIsEnough = Number.parseInt(process.versions.node, 10) >= NODE_MAJOR;

/** The program file of a Node that is new enough: the one that runs this, or one in the cache, with pnpm beside it. */
export async function bringNode(env) {
  if (!isThere()) await withLock(async () => isThere() || fetchToolchain(env));
  return runningIsEnough ? process.execPath : binary('node');
}

export const pnpmPath = () => binary('pnpm');

function isThere() {
  return (runningIsEnough || says('node', `v${NODE}`)) && says('pnpm', PNPM);
}

/** Asked, not looked up: a file that was cut short would be there as well. */
function says(name, version) {
  const path = binary(name);
  if (!existsSync(path)) return false;
  return spawnSync(path, ['--version'], { cwd: places.cache, encoding: 'utf8', timeout: 10_000 }).stdout?.trim() === version;
}

async function fetchToolchain(env) {
  const name = runningIsEnough ? `pnpm ${PNPM}` : `node ${NODE} and pnpm ${PNPM}`;
  await step(name, () => installToolchain(name, env));
  if (isThere()) return;
  const machine = `${process.platform} ${process.arch}`;
  throw new Error(`${name} was fetched but does not run on this machine (${machine}). Install Node ${NODE} yourself.`);
}

/** Beside its place first: what stands in the place is whole. */
async function installToolchain(name, env) {
  const part = partFolder(places.toolchain);
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--no-update-notifier', '--loglevel=error'];
  const impatient = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];
  const [command, args] = npm(['install', '--prefix', part, ...toolchain(), ...quiet, ...impatient]);
  try {
    await runQuietly(`Fetching ${name}`, command, args, { env, cwd: part, timeoutMs: INSTALL_MS });
    rmSync(places.toolchain, { recursive: true, force: true });
    renameSync(part, places.toolchain);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

function toolchain() {
  const pnpm = `pnpm@${PNPM}`;
  if (runningIsEnough) return [pnpm, '--ignore-scripts'];
  const isOnePackage = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);
  if (isOnePackage) return [pnpm, `node-linux-${process.arch}@${NODE}`, '--ignore-scripts'];
  // Elsewhere this package's install script fetches the one for the platform.
  return [pnpm, `node@${NODE}`];
}

/** The npm that called us, else the one on PATH. */
function npm(args) {
  const caller = process.env.npm_execpath ?? '';
  return /npm-cli\.c?js$/.test(caller) ? [process.execPath, [caller, ...args]] : ['npm', args];
}

function binary(name) {
  return join(places.toolchain, 'node_modules/.bin', name);
}
