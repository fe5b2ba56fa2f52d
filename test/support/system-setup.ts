import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { runCommand } from '@daypass/tools/processes/run-command';

const updateMs = 120_000;
const installMs = 480_000;
const lookMs = 20_000;

/**
 * Brings the browser that the tests of the pages drive, from CHROMIUM or PATH, and the letters of every language that they
 * show; else installed from the Debian packages, which takes root. (A browser stands on too many libraries to be unpacked
 * beside the others.)
 */
export default async function setup(): Promise<void> {
  const missing = [
    ...(process.env['CHROMIUM'] || findOnPath('chromium') ? [] : ['chromium']),
    ...((await canWrite('ja')) && (await canWrite('zh-cn')) ? [] : ['fonts-noto-cjk']),
    ...((await canWrite('ar')) ? [] : ['fonts-noto-core']),
  ];
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !findOnPath('apt-get')) {
    if (!missing.includes('chromium')) {
      process.stdout.write(`Without ${missing.join(' and ')} the pictures lack the letters of some languages.\n`);
      return;
    }
    throw new Error('There is no chromium on PATH. Install it, or name one by CHROMIUM, or run this as root on Debian.');
  }
  process.stdout.write(`${missing.join(', ')}, installed from the Debian packages …\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update', '-q'], { timeoutMs: updateMs, env });
  await runCommand('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'fontconfig', ...missing], { timeoutMs: installMs, env });
}

/** Whether there is a font with the letters of a language. */
async function canWrite(language: string): Promise<boolean> {
  if (!findOnPath('fc-list')) return false;
  return (await runCommand('fc-list', [`:lang=${language}`, 'family'], { timeoutMs: lookMs })).length > 0;
}
