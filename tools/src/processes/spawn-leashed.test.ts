import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { processIdentity } from '../../bootstrap/process-identity.mjs';
import { startProgram } from '../testing/start-program.ts';
import { tempFolder } from '../testing/temp-folder.ts';
import { until } from '../testing/until.ts';
import { startLeashedProcess } from './leashed-process.ts';

const isGone = (pid: number) => processIdentity(pid) === undefined;

test('a parent killed -9 takes its stores along: no process and no socket is left', { timeout: 60_000 }, async () => {
  const folder = tempFolder();
  const parent = startProgram(process.execPath, [join(import.meta.dirname, '../testing/hold-stores.ts'), folder]);
  const { redis, mongo, socketPath } = JSON.parse(await parent.line(/^\{/)) as {
    redis: number;
    mongo: number;
    socketPath: string;
  };
  expect([redis, mongo].map(isGone)).toEqual([false, false]);

  parent.child.kill('SIGKILL');
  await until('both stores have ended', () => isGone(redis) && isGone(mongo), 20_000);
  expect(existsSync(join(socketPath, '..'))).toBe(false);
});

test('a program that ignores SIGTERM and what it started are gone after the grace', { timeout: 20_000 }, async () => {
  const stubborn = `trap '' TERM; sleep 1000 & echo $! $$; while :; do sleep 1000; done`;
  const pids = await new Promise<number[]>((resolve) => {
    const child = startLeashedProcess({
      command: process.execPath,
      // The leash is held by a process between us, which then kills itself.
      args: ['-e', holder(stubborn)],
      onLine: (line) => resolve(line.split(' ').map(Number)),
    });
    expect(child.pid).toBeGreaterThan(0);
  });
  expect(pids).toHaveLength(2);
  await until('the program and its child have ended', () => pids.every(isGone), 10_000);
});

test('a process has its own pid, exit code and last lines', async () => {
  const { pid, exited, lastLines } = startLeashedProcess({ command: '/bin/sh', args: ['-c', 'echo $$; echo why >&2; exit 3'] });
  expect(await exited).toEqual({ code: 3, signal: null });
  expect(lastLines()).toContain(String(pid));
  expect(lastLines()).toContain('why');
});

test('a program that does not exist ends with what the shell says', async () => {
  const { exited, lastLines } = startLeashedProcess({ command: '/no/such/program', args: [] });
  expect(await exited).toEqual({ code: 127, signal: null });
  expect(lastLines().join()).toContain('/no/such/program');
});

function holder(script: string): string {
  const module = JSON.stringify(join(import.meta.dirname, 'leashed-process.ts'));
  return `import(${module}).then(({ startLeashedProcess }) => startLeashedProcess({
    command: '/bin/sh', args: ['-c', ${JSON.stringify(script)}], graceSeconds: 1,
    onLine: (line) => { console.log(line); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100); },
  }))`;
}
