import { existsSync, readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { processIdentity } from '../../bootstrap/process-identity.mjs';
import { startProgram } from '../testing/start-program.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { until } from '../testing/until.ts';
import type { RunFile } from './run-file.ts';
import { readSettings } from './settings.ts';

const TIMEOUT_MS = 60_000;
const FREE_PORTS = { PORT: '0', OPS_PORT: '0' };

function startIn(dataDir: string, env: NodeJS.ProcessEnv = {}) {
  const program = join(import.meta.dirname, '../testing/start-stubs.ts');
  return startProgram(process.execPath, [program, dataDir], { ...process.env, ...FREE_PORTS, ...env });
}

const readRun = (dataDir: string) => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile;
const isGone = (pid: number) => processIdentity(pid) === undefined;

async function listenSomewhere(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening', { signal: AbortSignal.timeout(2_000) });
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('everything comes up, says where it is, and is gone after Ctrl-C', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const start = startIn(dataDir, { OPS_USERS: 'ops:hidden-from-logs' });
  await start.line(/Press Ctrl-C/);

  const { urls, ports, pids } = readRun(dataDir);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'run.json')).mode & 0o777).toBe(0o600);
  expect(urls['api']).toBe(`http://localhost:${ports['api']}`);
  expect(await (await fetch(`http://127.0.0.1:${ports['api']}`)).text()).toBe('api');
  expect((await fetch(urls['inbox'] ?? '')).status).toBe(200);
  expect(Object.keys(pids).toSorted()).toEqual(['api', 'mailer-worker', 'mongo', 'redis', 'start', 'sweeper']);

  start.child.kill('SIGINT');
  expect(await start.ended()).toEqual({ code: 0, signal: null });
  expect(Object.values(pids).filter((pid) => !isGone(pid))).toEqual([]);
  expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
  expect(start.printed()).not.toContain('hidden-from-logs');
  expect(start.printed()).not.toContain(readFileSync(join(dataDir, 'redis/password'), 'utf8').trim());
});

test('each service is told what it needs and no more', { timeout: TIMEOUT_MS }, async () => {
  const start = startIn(tempFolder(), { OPS_USERS: 'ops:secret-enough' });
  expect(await start.line(/^api .*knows/)).toMatch(/DAYPASS_INDEX_KEY_FILE DAYPASS_SECRETS_FILE DAYPASS_SIGNING_KEYS_FILE OPS_USERS"/);
  expect(await start.line(/^mailer-worker .*knows/)).toMatch(/knows DAYPASS_INDEX_KEY_FILE DAYPASS_SECRETS_FILE MAIL_FROM SMTP_URL"/);
  expect(await start.line(/^sweeper .*knows/)).toMatch(/knows DAYPASS_SECRETS_FILE"/);
});

test('a second start finds the keys of the first; one beside a running one is refused', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const first = startIn(dataDir);
  await first.line(/Press Ctrl-C/);
  const key = readFileSync(join(dataDir, 'keys/DAYPASS_SECRETS'), 'utf8');

  const beside = startIn(dataDir);
  expect((await beside.ended()).code).toBe(1);
  expect(beside.printed()).toContain(`Daypass is already running from this folder (pid ${first.child.pid}, http://localhost:`);
  expect(existsSync(join(dataDir, 'run.json'))).toBe(true);

  first.child.kill('SIGTERM');
  expect((await first.ended()).code).toBe(0);
  const second = startIn(dataDir);
  await second.line(/Press Ctrl-C/);
  expect(readFileSync(join(dataDir, 'keys/DAYPASS_SECRETS'), 'utf8')).toBe(key);
});

test('a start that was killed -9 leaves nothing running, and the next start on the same ports works', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const first = startIn(dataDir);
  await first.line(/Press Ctrl-C/);
  const { ports, pids } = readRun(dataDir);
  first.child.kill('SIGKILL');

  const second = startIn(dataDir, { PORT: String(ports['api']) });
  await second.line(/Press Ctrl-C/);
  await until('everything of the first start has ended', () => Object.values(pids).every(isGone), 5_000);
  expect(readRun(dataDir).pids['start']).toBe(second.child.pid);
});

test('a part that dies is named with its last words, and the rest stops', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const start = startIn(dataDir, { STUB_DIES: '1' });
  await start.line(/Press Ctrl-C/);
  const { pids } = readRun(dataDir);
  expect((await start.ended()).code).toBe(1);
  expect(start.printed()).toMatch(/api ended with exit code 7\. Its last lines:\n(.*\n)*? +out of luck/);
  expect(Object.values(pids).filter((pid) => !isGone(pid))).toEqual([]);
});

test('a store that is killed is named as well', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const start = startIn(dataDir);
  await start.line(/Press Ctrl-C/);
  process.kill(readRun(dataDir).pids['mongo'] ?? 0, 'SIGKILL');
  expect((await start.ended()).code).toBe(1);
  expect(start.printed()).toContain('mongodb was ended by SIGKILL');
});

test('a port in use is named before anything is started', { timeout: TIMEOUT_MS }, async () => {
  const taken = await listenSomewhere();
  const dataDir = tempFolder();
  const api = startIn(dataDir, { PORT: String(taken) });
  expect((await api.ended()).code).toBe(1);
  expect(api.printed()).toContain(`Port ${taken} is in use (PORT). Set PORT to another one, for example PORT=3000 npm start.`);
  expect(existsSync(join(dataDir, 'redis'))).toBe(false);

  const worker = startIn(dataDir, { OPS_PORT: String(taken - 1) });
  expect((await worker.ended()).code).toBe(1);
  expect(worker.printed()).toMatch(new RegExp(`Port (${taken}|${taken - 1}) is in use`));
});

test('a port that is no port is named with what it wants', { timeout: TIMEOUT_MS }, async () => {
  const start = startIn(tempFolder(), { PORT: 'http' });
  expect((await start.ended()).code).toBe(1);
  expect(start.printed()).toContain('PORT wants a whole number from 0 to 65535');
});

test('users of the dashboard that the API would not take are named before anything is started, without their secrets', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const start = startIn(dataDir, { OPS_USERS: 'ops:too-short' });
  expect((await start.ended()).code).toBe(1);
  expect(start.printed()).toContain('OPS_USERS is malformed. It wants name:secret pairs, comma-separated, each secret at least 12 characters.');
  expect(start.printed()).not.toContain('too-short');
  expect(existsSync(join(dataDir, 'redis'))).toBe(false);
});

test('what a start without a terminal says to set for the dashboard is something that is taken', { timeout: TIMEOUT_MS }, async () => {
  const off = await startIn(tempFolder()).line(/Queue dashboard +off/);
  const [, users] = /OPS_USERS=(\S+)/.exec(off) ?? [];
  expect(users).toBeDefined();
  expect(readSettings({ OPS_USERS: users }).opsUsers).toBe(users);
});

test('what the user has is used instead', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = tempFolder();
  const own = { REDIS_URL: 'redis://127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1/own', SMTP_URL: 'smtp://127.0.0.1:1' };
  const start = startIn(dataDir, own);
  await start.line(/Press Ctrl-C/);
  expect(Object.keys(readRun(dataDir).pids).toSorted()).toEqual(['api', 'mailer-worker', 'start', 'sweeper']);
  expect(readRun(dataDir).urls['inbox']).toBeUndefined();
  expect(existsSync(join(dataDir, 'redis'))).toBe(false);
});
