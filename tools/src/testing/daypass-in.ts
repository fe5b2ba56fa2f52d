// A program for the tests: `npm run daypass` beside what runs in the folder it is given.
import { runCli } from '../start/run-cli.ts';

const [homeDir = '', ...args] = process.argv.slice(2);

process.exit(await runCli({ homeDir, given: process.env, fromFile: { MAIL_FROM: 'not an address', DAYPASS_SITES: '/nowhere' }, args }));
