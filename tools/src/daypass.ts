// npm run daypass -- COMMAND [ARGUMENT…]
//
// The `daypass` command, with the environment that it is given; where that names no store, with .env, and with what the
// Daypass that `npm start` runs here was given.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

import { runCli } from './start/run-cli.ts';
import { repoDir } from './repo.ts';

const envFile = join(repoDir, '.env');
const fromFile = existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : {};

process.exit(await runCli({ homeDir: join(repoDir, '.daypass'), given: process.env, fromFile, args: process.argv.slice(2) }));
