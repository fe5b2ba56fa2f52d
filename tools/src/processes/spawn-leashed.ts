import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

import { repoDir } from '../repo.ts';

export type LeashedSpawn = {
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  output: 'pipe' | 'inherit';
  /** Between SIGTERM and SIGKILL when this process has vanished. */
  graceSeconds?: number;
};

/** Starts a program that ends when this process does, however this process ends. See tools/leash.sh. */
export function spawnLeashed({ command, args, env, cwd, output, graceSeconds = 5 }: LeashedSpawn): ChildProcess {
  const child = spawn('/bin/sh', [join(repoDir, 'tools/leash.sh'), String(graceSeconds), command, ...args], {
    // A group of its own: Ctrl-C reaches only us, and we stop things in order.
    detached: true,
    stdio: ['ignore', output, output, 'pipe'],
    ...(env && { env }),
    ...(cwd && { cwd }),
  });
  // Letting go also clears away what the program may have left in its group.
  child.once('exit', () => letGo(child));
  child.once('error', () => letGo(child));
  return child;
}

function letGo(child: ChildProcess) {
  const leash = child.stdio[3];
  if (leash && 'destroy' in leash) leash.destroy();
}
