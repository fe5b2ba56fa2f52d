import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';

import { spawnLeashed } from '../processes/spawn-leashed.ts';
import { repoDir } from '../repo.ts';
import { runningEnvironment } from './running-environment.ts';

type Options = { homeDir: string; given: NodeJS.ProcessEnv; fromFile: NodeJS.ProcessEnv; args: readonly string[] };

/** Runs the `daypass` command as if it were this process: same output, same exit code. */
export async function runCli({ homeDir, given, fromFile, args }: Options): Promise<number> {
  let env: NodeJS.ProcessEnv;
  try {
    env = environmentFor(homeDir, given, fromFile);
  } catch (error) {
    // As `npm start` says it of the same environment.
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  // A process of its own: Node reads NODE_EXTRA_CA_CERTS, which may be one of these, when it starts.
  const child = spawnLeashed({ command: process.execPath, args: [join(repoDir, 'packages/cli/src/main.ts'), ...args], env, output: 'inherit' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal ? 128 + constants.signals[signal] : (code ?? 1);
}

function environmentFor(homeDir: string, given: NodeJS.ProcessEnv, fromFile: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (namesStores(given)) return given;
  return runningEnvironment(homeDir, { ...fromFile, ...given }) ?? { ...fromFile, ...given };
}

/** Whoever names a store of theirs means that one, and nothing of what runs here. */
function namesStores(env: NodeJS.ProcessEnv): boolean {
  return ['REDIS_URL', 'REDIS_URL_FILE', 'MONGODB_URL', 'MONGODB_URL_FILE'].some((name) => env[name]);
}
