// What must not be readable is looked for everywhere. `LEAK_JOURNEYS=1000 npm test -- test/integration/alone/leak.test.ts` is the whole of it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesBelow, dumpEverything, findSecrets } from '../../support/dump.ts';
import { ofAddress, startLeakSystem, type LeakSystem } from '../../support/leak-journeys.ts';
import { startService } from '../../support/processes.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../../support/scripted-smtp.ts';
import { sharedStores } from '../../support/stores.ts';
import { opsUser, type System } from '../../support/system.ts';
import { startTraceCollector, type TraceCollector } from '../../support/trace-collector.ts';

const journeys = Number(process.env['LEAK_JOURNEYS'] ?? 140);
const atOnce = 10;
const say = (line: string) => process.stdout.write(`  ${line}\n`);

let leak: LeakSystem;
let system: System;
let collector: TraceCollector;
let smtp: ScriptedSmtp;
let dir: string;
/** By the kind of the journey. */
const secrets: Record<string, string[]> = {};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-leak-'));
  collector = await startTraceCollector();
  // A server that quotes whom it does not like.
  smtp = await startScriptedSmtp((moment, address) => {
    if (moment === 'rcpt' && address.startsWith('later')) return { code: 451, text: `<${address}> come back later` };
    return { code: 550, text: `<${address}>: user unknown` };
  });
  leak = await startLeakSystem({ apis: 1, workers: 2, sweepers: 1, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  ({ system } = leak.access);
  system.apis.push(leak.access.second);
});
afterAll(async () => {
  await leak?.stop();
  await Promise.all([smtp?.stop(), collector?.stop()]);
  await rm(dir, { recursive: true, force: true });
});

/** What an operator's browser and metrics collector get to see, and where the traces go. */
async function operatorPages(): Promise<Record<string, string>> {
  const authorization = `Basic ${Buffer.from(`${opsUser.name}:${opsUser.secret}`).toString('base64')}`;
  const pages: Record<string, string> = { traces: collector.spans.map(({ wire }) => wire).join('\n') };
  for (const { opsUrl } of [...system.apis, ...system.workers, ...system.sweepers]) {
    for (const path of ['metrics', 'readyz']) {
      pages[`${path}-${new URL(opsUrl).port}`] = await (await fetch(`${opsUrl}/${path}`)).text();
    }
  }
  for (const status of ['latest', 'completed', 'failed', 'delayed', 'waiting', 'active']) {
    const board = `${system.apis[0]?.opsUrl}/queues/api/queues?activeQueue=code-issue&status=${status}&page=1&jobsPerPage=1000`;
    pages[`board-${status}`] = await (await fetch(board, { headers: { authorization } })).text();
  }
  return pages;
}

/** Mails that are refused for good, and put off, by a server that says for whom they were. */
async function refusedMails(): Promise<string[]> {
  await Promise.all(system.workers.map((worker) => worker.stop()));
  const worker = await startService('mailer-worker', { ...system.env, SMTP_URL: smtp.url });
  system.workers.splice(0, Infinity, worker);
  const outcomes: Record<string, string> = { gone: 'refused', later: 'delayed' };
  const asked = Object.entries(outcomes).map(async ([kind, delivery]) => {
    const visitor = system.visitor();
    const email = `${kind}.${visitor.email}`;
    const { body } = await visitor.post('/v1/codes', { email });
    await expect.poll(async () => (await visitor.get(`/v1/codes/${String(body['id'])}`)).body['delivery'], { timeout: 15_000 }).toBe(delivery);
    return ofAddress(email);
  });
  return (await Promise.all(asked)).flat();
}

test(`after ${journeys} journeys of every kind no address, code, secret or token can be read in any store, file, log, metric, trace or dashboard`, async () => {
  const kinds = Object.entries(leak.journeys);
  for (let started = 0; started < journeys; started += atOnce) {
    await Promise.all(
      Array.from({ length: Math.min(atOnce, journeys - started) }, async (_, index) => {
        const [kind, journey] = kinds[(started + index) % kinds.length] ?? ['', async () => []];
        (secrets[kind] ??= []).push(...(await journey()));
      }),
    );
  }
  const stopped = [...system.workers];
  secrets['refused'] = await refusedMails();
  await expect.poll(() => new Set(collector.spans.map(({ service }) => service)), { timeout: 15_000 }).toEqual(new Set(['api', 'mailer-worker']));

  const pages = await operatorPages();
  expect(pages['board-latest']).toContain('"envelope":"sealed"');
  expect(pages['board-failed']).toContain('smtp_550');
  pages['logs-of-before'] = stopped.flatMap(({ output }) => output).join('\n');
  const folders = await dumpEverything(system, pages, join(dir, 'dump'));
  const looked = [...new Set(Object.values(secrets).flat())];
  expect(await findSecrets(folders, looked, join(dir, 'dump'))).toEqual([]);
  const bytes = await Promise.all(folders.map(bytesBelow));
  say(`${journeys} journeys, ${looked.length} secrets, ${collector.spans.length} spans, ${Math.round(bytes.reduce((sum, each) => sum + each, 0) / 2 ** 20)} MB looked through`);
}, 1_200_000);

test('an address in Redis, a code in MongoDB, a token in a page and a code in a file would have been seen', async () => {
  const [email = '', , code = '', , , , token = ''] = secrets['byChallenge'] ?? [];
  await system.redis.hset('{daypass}:planted', 'address', email);
  await system.mongo.collection('planted').insertOne({ code });
  const pages = { board: Buffer.from(`x${token}`).toString('base64') };
  // Stands for a file of a store: those of the user's own stores cannot be looked at.
  const binary = Buffer.concat([Buffer.from([0, 255]), Buffer.from(code)]);
  const { redisDir = join(dir, 'planted-dump') } = sharedStores();

  const folders = await dumpEverything(system, pages, join(dir, 'planted-dump'));
  await writeFile(join(redisDir, 'planted'), binary);
  const found = (await findSecrets(folders, [email, code, token], join(dir, 'planted-dump'))).join('\n');
  expect(found).toContain(`redis-keys:${email}`);
  expect(found).toContain(`mongodb-documents:${code}`);
  expect(found).toContain('page-board:');
  expect(found).toContain(`planted:${code}`);
});

test('what was planted for one of every kind of journey would have been seen', async () => {
  const one = Object.values(secrets).flatMap((each) => each.slice(0, 12));
  const folders = await dumpEverything(system, { everything: one.join('\n') }, join(dir, 'planted-page'));
  const found = await findSecrets(folders.slice(0, 1), one, join(dir, 'planted-page'));
  const unseen = one.filter((secret) => secret.length >= 8 && !found.some((line) => line.includes(secret)));
  expect(unseen).toEqual([]);
});
