// npm run demo: the examples, on the Daypass that runs here, or on one that is started for them. Until Ctrl-C.
import { join } from 'node:path';

import { startNginxExample, startProgram, type Example } from './demo/start-examples.ts';
import { startLeashedProcess, type LeashedProcess } from './processes/leashed-process.ts';
import { repoDir } from './repo.ts';
import { addressTable } from './start/address-table.ts';
import { readRunFile } from './start/run-file.ts';
import { within } from './within.ts';

const runFile = join(repoDir, '.daypass/run.json');
const sitesFile = join(repoDir, 'examples/sites.yaml');
const settings = { DAYPASS_SITES: sitesFile, TRUSTED_PROXIES: '127.0.0.1' };
const startMs = 180_000;
const answerMs = 2_000;

const started: LeashedProcess[] = [];
const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);

try {
  const daypassUrl = (await runningDaypass()) ?? (await startDaypass());
  const inbox = readRunFile(runFile)?.urls['inbox'];
  const examples: Example[] = [];
  for (const start of [() => startProgram('express', daypassUrl), () => startNginxExample(daypassUrl), () => startProgram('oidc-client', daypassUrl)]) {
    const example = await start();
    examples.push(example);
    started.push(example.program);
  }
  const notes: Record<string, string> = { express: 'a page with <day-pass>', 'nginx-static': 'files behind nginx', 'oidc-client': 'an OpenID Connect client' };
  console.log(
    addressTable([
      ...examples.map(({ name, url }) => ({ name, address: url, note: notes[name] ?? '' })),
      { name: 'the page itself', address: `${daypassUrl}/login?site=notes` },
      ...(inbox === undefined ? [] : [{ name: 'Inbox', address: inbox, note: 'where the codes arrive' }]),
    ]),
  );
  console.log('Type any address, and take the code from the inbox. Press Ctrl-C to stop');
  await Promise.race([asked, ...started.map(({ exited }) => exited)]);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const each of started.toReversed()) await each.stop(20_000);
}
process.exit();

/** The one that `npm start` runs, if it is one for the examples. */
async function runningDaypass(): Promise<string | undefined> {
  const url = readRunFile(runFile)?.urls['api'];
  const status = url && (await fetch(`${url}/login?site=notes`, { signal: AbortSignal.timeout(answerMs) }).then((answer) => answer.status, () => undefined));
  if (status === undefined || status === '') return undefined;
  if (status === 200) return url;
  throw new Error(
    'The Daypass that is running does not have the sites of the examples. Stop it, and this starts one; or start it so:\n' +
      'DAYPASS_SITES=examples/sites.yaml TRUSTED_PROXIES=127.0.0.1 npm start',
  );
}

async function startDaypass(): Promise<string> {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const daypass = startLeashedProcess({
    command: process.execPath,
    args: [join(repoDir, 'tools/src/start.ts')],
    env: { ...process.env, ...settings },
    onLine(line) {
      console.log(line);
      if (line.startsWith('ready')) resolve();
    },
  });
  started.push(daypass);
  const died = daypass.exited.then(() => Promise.reject(new Error('Daypass did not start')));
  await within(startMs, Promise.race([ready, asked, died]), 'Daypass did not start in time');
  return readRunFile(runFile)?.urls['api'] ?? '';
}
