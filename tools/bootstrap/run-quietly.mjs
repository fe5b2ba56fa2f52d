import { spawnLeashed } from './spawn-leashed.mjs';

const KEPT_CHARACTERS = 20_000;
const SHOWN_LINES = 15;

/** Runs an installer to its end; what it printed is shown only when it fails, behind a sentence that says why. */
export async function runQuietly(what, command, args, { env, cwd, timeoutMs }) {
  const child = spawnLeashed(command, args, { env, cwd, output: 'pipe' });
  let printed = '';
  const keep = (chunk) => {
    printed = (printed + chunk).slice(-KEPT_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  let tooLong = false;
  const timer = setTimeout(() => {
    tooLong = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const { code, signal } = await new Promise((settle) => {
    child.once('error', (error) => settle({ code: error.message }));
    child.once('close', (exitCode, endedBy) => settle({ code: exitCode, signal: endedBy }));
  });
  clearTimeout(timer);

  if (code === 0) return;
  const end = tooLong ? `It took more than ${timeoutMs / 1000} s.` : `It ended with ${signal ?? `exit code ${code}`}.`;
  const lines = printed.trim().split('\n').slice(-SHOWN_LINES);
  throw new Error([`${what} failed. ${tooLong ? '' : reason(printed)}${end}`, ...lines].join('\n  '));
}

function reason(printed) {
  if (/ENOSPC|no space left/i.test(printed)) return 'The disk is full. ';
  if (/EACCES|EPERM|EROFS|permission denied/i.test(printed)) return 'A folder cannot be written to by this user. ';
  if (/OUTDATED_LOCKFILE/.test(printed)) return 'pnpm-lock.yaml does not fit the package.json files: run pnpm install. ';
  const network = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|error sending request|fetch failed|NO_OFFLINE/i;
  if (network.test(printed)) return 'The package registry cannot be reached: is there a network, or a proxy to set? ';
  return '';
}
