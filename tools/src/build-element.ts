import { join } from 'node:path';

import { runCommand } from './processes/run-command.ts';
import { repoDir } from './repo.ts';

const BUILD_MS = 30_000;

/** Makes what the API serves at /day-pass.js, in some 0.2 s. */
export async function buildElement(): Promise<void> {
  await runCommand(process.execPath, [join(repoDir, 'packages/client/build.ts')], { timeoutMs: BUILD_MS });
}
