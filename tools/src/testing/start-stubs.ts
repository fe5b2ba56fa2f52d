// A program for the tests: `npm start` in the folder it is given, with stubs for services.
import { join } from 'node:path';

import { untilStopped } from '../start/until-stopped.ts';

const [dataDir = ''] = process.argv.slice(2);
const stub = join(import.meta.dirname, 'stub-service.ts');
const programs = { api: stub, 'mailer-worker': stub, sweeper: stub };

process.exit(await untilStopped({ dataDir, programs, env: process.env, onTerminal: false }));
