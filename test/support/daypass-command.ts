import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '@daypass/runtime/read-environment';
import type { Command } from '../../packages/cli/src/command.ts';

const program = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));

/** Runs `daypass` as an operator would. It loads everything anew each time, which takes a second or two. */
export function daypassProcess(args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr });
    });
  });
}

/** Runs one of its commands in this process. */
export async function daypassCommand(command: Command, args: readonly string[], env: NodeJS.ProcessEnv): Promise<{ code: number; out: string }> {
  const lines: string[] = [];
  try {
    const code = await command.run([...args], { env, say: (line) => lines.push(line), now: () => new Date() });
    return { code, out: lines.map((line) => `${line}\n`).join('') };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { code: 1, out: error.problems.join('\n') };
  }
}
