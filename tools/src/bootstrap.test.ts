import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import { cleanEnvironment } from '../bootstrap/clean-environment.mjs';
import { processIdentity } from '../bootstrap/process-identity.mjs';
import { takeLock } from '../bootstrap/take-lock.mjs';
import { repoDir } from './repo.ts';
import { startProgram } from './testing/start-program.ts';
import { tempFolder } from './testing/temp-folder.ts';
import { until } from './testing/until.ts';

const TIMEOUT_MS = 120_000;

/** A clone with no packages, whose one dependency is in the clone itself: nothing is fetched. */
function smallClone(): string {
  const clone = tempFolder();
  cpSync(join(repoDir, 'tools/bootstrap'), join(clone, 'tools/bootstrap'), { recursive: true });
  for (const file of ['tools/bootstrap.mjs', 'tools/leash.sh']) cpSync(join(repoDir, file), join(clone, file));
  mkdirSync(join(clone, 'tools/src'));
  mkdirSync(join(clone, 'packages/greeting'), { recursive: true });
  const write = (path: string, content: string) => writeFileSync(join(clone, path), content);
  write('package.json', JSON.stringify({ name: 'clone', private: true, dependencies: { greeting: 'workspace:*' } }));
  write('packages/greeting/package.json', JSON.stringify({ name: 'greeting', version: '1.0.0', main: 'index.js' }));
  write('packages/greeting/index.js', `module.exports = 'hello from a package';`);
  write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n');
  write('pnpm-lock.yaml', LOCKFILE);
  for (const program of ['check', 'daypass']) write(`tools/src/${program}.ts`, CHECK);
  mkdirSync(join(clone, '.cache'));
  symlinkSync(toolchain(), join(clone, '.cache/node'));
  return clone;
}

/** The tests run under the Node and beside the pnpm that bootstrap brought, or under the user's own. */
const toolchain = () => join(repoDir, '.cache/node');

const LOCKFILE = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    dependencies:
      greeting:
        specifier: workspace:*
        version: link:packages/greeting

  packages/greeting: {}
`;

const CHECK = `
process.on('SIGINT', () => { console.log('interrupted'); process.exit(5); });
process.on('SIGTERM', () => process.exit(6));
console.log(require('greeting'), process.pid, process.argv.slice(2).join(' '));
if (process.argv[2] === 'wait') setInterval(() => {}, 1000); else process.exit(Number(process.argv[3] ?? 0));
`;

function bootstrap(clone: string, ...args: string[]) {
  return startProgram(process.execPath, [join(clone, 'tools/bootstrap.mjs'), ...args]);
}

const isGone = (pid: number) => processIdentity(pid) === undefined;

test.runIf(existsSync(toolchain()))('two bootstraps at the same moment install once and both run', { timeout: TIMEOUT_MS }, async () => {
  const clone = smallClone();
  const both = [bootstrap(clone, 'check', 'a'), bootstrap(clone, 'check', 'b')];
  expect(await Promise.all(both.map((each) => each.ended(60_000)))).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
  const printed = both.map((each) => each.printed()).join('\n');
  expect(printed.match(/hello from a package/g)).toHaveLength(2);
  expect(printed.match(/packages … [\d.]+ s/g)).toHaveLength(1);
  expect(readdirSync(join(clone, '.cache')).toSorted()).toEqual(['node', 'packages.stamp']);
});

test.runIf(existsSync(toolchain()))('an install that was cut short is done again, a whole one is not', { timeout: TIMEOUT_MS }, async () => {
  const clone = smallClone();
  await bootstrap(clone, 'check').ended(60_000);
  const again = bootstrap(clone, 'check');
  await again.ended(60_000);
  expect(again.printed()).not.toContain('packages …');

  rmSync(join(clone, 'node_modules/greeting'));
  const repaired = bootstrap(clone, 'check');
  expect((await repaired.ended(60_000)).code).toBe(0);
  expect(repaired.printed()).toContain('hello from a package');
});

test.runIf(existsSync(toolchain()))('arguments, signals and the exit code pass through', { timeout: TIMEOUT_MS }, async () => {
  const clone = smallClone();
  const failing = bootstrap(clone, 'check', 'now', '3');
  expect(await failing.ended(60_000)).toEqual({ code: 3, signal: null });

  const waiting = bootstrap(clone, 'check', 'wait');
  await waiting.line(/hello/);
  // A terminal and npm both send it; it is one press.
  waiting.child.kill('SIGINT');
  waiting.child.kill('SIGINT');
  expect(await waiting.ended()).toEqual({ code: 5, signal: null });
  expect(waiting.printed().match(/interrupted/g)).toHaveLength(1);
});

test.runIf(existsSync(toolchain()))('what daypass says is alone on standard output, also when it had to be brought, and its exit code passes through', { timeout: TIMEOUT_MS }, async () => {
  const first = bootstrap(smallClone(), 'daypass', 'audit', '1');
  expect(await first.ended(60_000)).toEqual({ code: 1, signal: null });
  expect(first.printed()).toContain('packages …');
  expect(first.said()).toMatch(/^hello from a package \d+ audit 1$/);
});

test.runIf(existsSync(toolchain()))('what it runs ends with it, and with an npm that was killed -9', { timeout: TIMEOUT_MS }, async () => {
  const clone = smallClone();
  const pidOf = (line: string) => Number(/package (\d+)/.exec(line)?.[1]);
  const alone = bootstrap(clone, 'check', 'wait');
  const alonePid = pidOf(await alone.line(/hello/));
  alone.child.kill('SIGKILL');
  await until('its program has ended', () => isGone(alonePid), 5_000);
  expect(isGone(alonePid)).toBe(true);

  // As npm does it: a shell between the two.
  const script = `"${process.execPath}" "${join(clone, 'tools/bootstrap.mjs')}" check wait; exit $?`;
  const likeNpm = `require('child_process').spawn('sh', ['-c', ${JSON.stringify(script)}], { stdio: 'inherit' })`;
  const npm = startProgram(process.execPath, ['-e', likeNpm], { ...process.env, npm_lifecycle_event: 'check' });
  const pid = pidOf(await npm.line(/hello/));
  npm.child.kill('SIGKILL');
  await until('the program below npm has ended', () => isGone(pid), 5_000);
});

test('an unknown command says which there are', { timeout: TIMEOUT_MS }, async () => {
  const unknown = startProgram(process.execPath, [join(repoDir, 'tools/bootstrap.mjs'), 'stort']);
  expect((await unknown.ended()).code).toBe(1);
  expect(unknown.printed()).toContain('Usage: node tools/bootstrap.mjs start|demo|test|check');
});

test('without a network it says so', { timeout: TIMEOUT_MS }, async () => {
  const clone = smallClone();
  rmSync(join(clone, '.cache/node'));
  const offline = { ...process.env, npm_config_registry: 'http://127.0.0.1:9', npm_config_cache: join(clone, 'npm-cache') };
  const lost = startProgram(process.execPath, [join(clone, 'tools/bootstrap.mjs'), 'check'], offline);
  expect((await lost.ended(60_000)).code).toBe(1);
  expect(lost.printed()).toContain('The package registry cannot be reached');
  expect(readdirSync(join(clone, '.cache'))).toEqual([]);
});

test('how packages are reached is kept of the environment of npm, and pnpm is told, too', () => {
  const env = cleanEnvironment({
    PATH: '/bin',
    npm_config_registry: 'http://registry.test',
    npm_config_https_proxy: 'http://proxy.test',
    npm_config_noproxy: '',
    npm_config_local_prefix: '/somewhere',
    npm_package_name: 'daypass',
    npm_lifecycle_event: 'start',
    npm_execpath: '/npm-cli.js',
  });
  expect(env).toEqual({
    PATH: '/bin',
    npm_config_registry: 'http://registry.test',
    pnpm_config_registry: 'http://registry.test',
    npm_config_https_proxy: 'http://proxy.test',
    pnpm_config_https_proxy: 'http://proxy.test',
    npm_config_noproxy: '',
    npm_execpath: '/npm-cli.js',
  });
});

test('a lock is held by one, given back, and taken over from the dead', () => {
  const path = join(tempFolder(), 'lock');
  const first = takeLock(path);
  expect(first).toMatchObject({ held: true, tookOver: false });
  expect(takeLock(path)).toEqual({ held: false, pid: process.pid });
  if (first.held) first.release();

  writeFileSync(path, JSON.stringify({ pid: process.pid, identity: 'of an earlier process with this number' }));
  expect(takeLock(path)).toMatchObject({ held: true, tookOver: true });
  expect(readFileSync(path, 'utf8')).toContain(String(process.pid));
  expect(readdirSync(dirname(path))).toEqual(['lock']);
});
