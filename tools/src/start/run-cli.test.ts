import { join } from 'node:path';

import { expect, test } from 'vitest';

import { startProgram } from '../testing/start-program.ts';
import { tempFolder } from '../testing/temp-folder.ts';

const TIMEOUT_MS = 60_000;
/** What whoever runs the tests has set is not for these. */
const noneGiven = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(REDIS_URL|MONGODB_URL|SMTP_URL|DAYPASS_)/.test(name)));

function start(program: string, dataDir: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  return startProgram(process.execPath, [join(import.meta.dirname, '../testing', program), dataDir, ...args], { ...noneGiven, ...env });
}

async function runningFolder(): Promise<string> {
  const dataDir = tempFolder();
  await start('start-stubs.ts', dataDir, [], { PORT: '0', OPS_PORT: '0' }).line(/Press Ctrl-C/);
  return dataDir;
}

async function daypassIn(dataDir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { ended, printed } = start('daypass-in.ts', dataDir, args, env);
  return { ...(await ended()), printed: printed() };
}

test('the command speaks to the stores of the Daypass that runs here, with its keys, and ends as it ends by itself', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = await runningFolder();
  expect(await daypassIn(dataDir, ['audit'])).toEqual({ code: 0, signal: null, printed: expect.stringContaining('Nothing has outstayed its time.') });
  expect(await daypassIn(dataDir, ['audit', 'all'])).toEqual({ code: 2, signal: null, printed: 'It wants no arguments.' });
  // .env has a mail sender and a sites file that are wrong, and what is in the environment wins.
  const doctor = await daypassIn(dataDir, ['doctor'], { MAIL_FROM: 'Daypass <no-reply@localhost>' });
  expect(doctor.code).toBe(1);
  expect(doctor.printed.match(/^fail .*/gm)).toEqual([expect.stringContaining('DAYPASS_SITES names a file that cannot be read')]);
  expect(doctor.printed).toContain('ok   environment: complete for the sweeper');
});

test('what npm start would not take is said as it says it', { timeout: TIMEOUT_MS }, async () => {
  const { code, printed } = await daypassIn(await runningFolder(), ['audit'], { OPS_USERS: 'ops:short' });
  expect({ code, printed }).toEqual({ code: 1, printed: expect.stringMatching(/^OPS_USERS is malformed\. .*$/) });
});

test('a store that the environment names is meant, and nothing of what runs here', { timeout: TIMEOUT_MS }, async () => {
  const dataDir = await runningFolder();
  const { code, printed } = await daypassIn(dataDir, ['forget', 'ada@example.com'], { MONGODB_URL: 'mongodb://127.0.0.1:1/own' });
  expect(code).toBe(1);
  expect(printed).toContain('REDIS_URL is not set');
});

test('where nothing runs the command says what it lacks', { timeout: TIMEOUT_MS }, async () => {
  expect(await daypassIn(tempFolder(), ['audit'])).toMatchObject({ code: 1, printed: expect.stringContaining('REDIS_URL is not set') });
});
