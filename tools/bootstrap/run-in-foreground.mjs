import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';

import { npmProcess } from './npm-process.mjs';
import { processIdentity } from './process-identity.mjs';
import { spawnLeashed } from './spawn-leashed.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Ctrl-C reaches us from the terminal and once more from npm. */
const ONE_PRESS_MS = 300;
const WATCH_EVERY_MS = 500;
/** `npm start` stops in order within 18 s. */
const GRACE_SECONDS = 20;

/** Runs the command as if it were this process: same output, same signals, same exit code. */
export async function runInForeground(node, args, env) {
  const path = [dirname(node), env.PATH].join(delimiter);
  const child = spawnLeashed(node, args, { env: { ...env, PATH: path }, output: 'inherit', graceSeconds: GRACE_SECONDS });
  forwardSignals(child);
  endWithNpm(child);

  const { code, signal } = await new Promise((settle, fail) => {
    child.once('error', fail);
    child.once('exit', (exitCode, endedBy) => settle({ code: exitCode, signal: endedBy }));
  });
  if (!signal) return code;
  console.error(`${args[0]} was ended by ${signal}`);
  return 128 + constants.signals[signal];
}

function forwardSignals(child) {
  let forwardedAt = -Infinity;
  const forward = (signal) => {
    const now = performance.now();
    if (now - forwardedAt < ONE_PRESS_MS) return;
    forwardedAt = now;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
}

/** An npm that was killed cannot tell us. */
function endWithNpm(child) {
  const npm = npmProcess();
  const identity = npm && processIdentity(npm);
  if (!identity) return;
  const timer = setInterval(() => {
    if (processIdentity(npm) === identity) return;
    clearInterval(timer);
    child.kill('SIGTERM');
    setTimeout(() => process.exit(1), GRACE_SECONDS * 1000).unref();
  }, WATCH_EVERY_MS);
  timer.unref();
}
