import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { within } from '../within.ts';
import { type LeashedSpawn, spawnLeashed } from './spawn-leashed.ts';

export type Exit = { code: number | null; signal: string | null };

export type LeashedProcess = {
  pid: number;
  /** Settles once, when the process has ended and its last lines have been read. */
  exited: Promise<Exit>;
  /** The newest lines it wrote, oldest first: what an error message should show. */
  lastLines(): readonly string[];
  /** SIGTERM, then SIGKILL at the deadline. Resolves when it has ended; ending twice is fine. */
  stop(deadlineMs?: number): Promise<void>;
  /** SIGKILL, as the out-of-memory killer would. */
  kill(): Promise<void>;
};

type Options = Omit<LeashedSpawn, 'output'> & { onLine?: (line: string, from: 'stdout' | 'stderr') => void };

const KEPT_LINES = 20;
/** A grandchild may hold the output open after the process itself is gone. */
const LAST_OUTPUT_MS = 1_000;
const KILLED_MS = 5_000;

export function startLeashedProcess({ onLine, ...options }: Options): LeashedProcess {
  const child = spawnLeashed({ ...options, output: 'pipe' });
  const lines: string[] = [];
  const keep = (from: 'stdout' | 'stderr') => (line: string) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    onLine?.(line, from);
  };
  readLines(child.stdout, keep('stdout'));
  readLines(child.stderr, keep('stderr'));

  const exited = exitOf(child);
  const kill = async () => {
    child.kill('SIGKILL');
    await within(KILLED_MS, exited, `${options.command} (pid ${child.pid}) did not end after SIGKILL`);
  };
  const stop = async (deadlineMs = 10_000) => {
    child.kill('SIGTERM');
    const ended = await Promise.race([exited.then(() => true), after(deadlineMs)]);
    if (!ended) await kill();
  };
  return { pid: child.pid ?? 0, exited, lastLines: () => [...lines], stop, kill };
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((settle) => {
    child.once('error', () => settle({ code: 127, signal: null }));
    child.once('exit', (code, signal) => {
      const timer = setTimeout(() => settle({ code, signal }), LAST_OUTPUT_MS);
      child.once('close', () => {
        clearTimeout(timer);
        settle({ code, signal });
      });
    });
  });
}

function readLines(stream: Readable | null, onLine: (line: string) => void) {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

function after(ms: number): Promise<false> {
  return new Promise((settle) => setTimeout(() => settle(false), ms).unref());
}
