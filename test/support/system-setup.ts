import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { runCommand } from '@daypass/tools/processes/run-command';

const updateMs = 120_000;
const installMs = 480_000;

/**
 * Brings the browser that the tests of the pages drive: from CHROMIUM or PATH, or installed from the Debian packages,
 * which takes root. (It stands on too many libraries to be unpacked beside the others.)
 */
export default async function setup(): Promise<void> {
  if (process.env['CHROMIUM'] || findOnPath('chromium')) return;
  if (process.getuid?.() !== 0 || !findOnPath('apt-get')) {
    throw new Error('There is no chromium on PATH. Install it, or name one by CHROMIUM, or run this as root on Debian.');
  }
  process.stdout.write('chromium, installed from the Debian packages …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['update', '-q'], { timeoutMs: updateMs, env });
  await runCommand('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-core', 'fonts-noto-cjk'], { timeoutMs: installMs, env });
}
