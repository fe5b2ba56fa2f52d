import { readFileSync } from 'node:fs';

/** What `npm start` has to know itself to decide what to bring, and may be given as a file. */
const names = ['REDIS_URL', 'MONGODB_URL', 'SMTP_URL', 'OPS_USERS'];

/** The environment with NAME for each NAME_FILE of these. Both at once are left as they are: a service objects. */
export function readSecretFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const read = { ...env };
  for (const name of names) {
    const path = env[`${name}_FILE`];
    if (!path || env[name]) continue;
    read[name] = readSecret(name, path);
    delete read[`${name}_FILE`];
  }
  return read;
}

function readSecret(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Error(`${name}_FILE names a file that cannot be read.`, { cause: error });
  }
}
