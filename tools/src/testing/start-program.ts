import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { onTestFinished } from 'vitest';

import { within } from '../within.ts';

export type Program = {
  child: ChildProcess;
  /** Everything so far, both outputs. */
  printed(): string;
  /** Of that, what went to standard output. */
  said(): string;
  /** The first line that matches, also one from before. */
  line(match: RegExp, deadlineMs?: number): Promise<string>;
  ended(deadlineMs?: number): Promise<{ code: number | null; signal: string | null }>;
};

const END_MS = 10_000;

/** Starts a program the way a person would, with nothing of ours around it that could clean up behind it. */
export function startProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Program {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const said: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      if (input === child.stdout) said.push(line);
      for (const look of waiting) look(line);
    });
  }
  const exit = once(child, 'close') as Promise<[number | null, string | null]>;
  onTestFinished(async () => {
    // In order, so that nothing writes into a folder any more that the test is about to remove.
    child.kill('SIGTERM');
    await within(END_MS, exit, `${command} did not end`).catch(() => child.kill('SIGKILL'));
  });

  const line = async (match: RegExp, deadlineMs = 20_000) => {
    const there = lines.find((each) => match.test(each));
    if (there !== undefined) return there;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const look = (each: string) => void (match.test(each) && resolve(each));
    waiting.add(look);
    void exit.then(() => reject(new Error(`It ended without a line like ${match}:\n${lines.join('\n')}`)));
    const givenUp = setTimeout(() => reject(new Error(`No line like ${match}, but:\n${lines.join('\n')}`)), deadlineMs);
    return promise.finally(() => {
      clearTimeout(givenUp);
      waiting.delete(look);
    });
  };
  const ended = async (deadlineMs = 20_000) => {
    const [code, signal] = await within(deadlineMs, exit, `${command} did not end`);
    return { code, signal };
  };
  return { child, printed: () => lines.join('\n'), said: () => said.join('\n'), line, ended };
}
