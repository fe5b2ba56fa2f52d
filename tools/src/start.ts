// npm start: everything on this machine, until Ctrl-C.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { buildElement } from './build-element.ts';
import { repoDir } from './repo.ts';
import { untilStopped } from './start/until-stopped.ts';

const envFile = join(repoDir, '.env');
if (existsSync(envFile)) process.loadEnvFile(envFile); // what is set already wins

// Everything else works without it, and the API says that it is not there.
await buildElement().catch((error: unknown) => console.error(`<day-pass> was not built: ${String(error)}`));

const program = (service: string) => join(repoDir, 'services', service, 'src/main.ts');

process.exit(
  await untilStopped({
    dataDir: join(repoDir, '.daypass'),
    programs: { api: program('api'), 'mailer-worker': program('mailer-worker'), sweeper: program('sweeper') },
    env: process.env,
    onTerminal: process.stdout.isTTY,
  }),
);
