import { spawn } from 'node:child_process';

import { places } from './places.mjs';

/** Starts a program that ends when this process does, by kill -9 too. See tools/leash.sh. */
export function spawnLeashed(command, args, { env, cwd = places.repo, output, graceSeconds = 3 }) {
  const child = spawn('/bin/sh', [places.leash, String(graceSeconds), command, ...args], {
    cwd,
    env,
    detached: true, // a group of its own: what a terminal sends comes to us, once, and we pass it on
    stdio: ['ignore', output, output, 'pipe'],
  });
  child.once('exit', () => child.stdio[3].destroy());
  return child;
}
