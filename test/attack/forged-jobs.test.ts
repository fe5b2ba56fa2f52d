// Somebody who can write to Redis, and two sites. What a job may be edited into, before its mail has gone and after.
import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import { createProducer, type Producer } from '@daypass/jobs/producer';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preload } from '../support/preload.ts';
import { startService, untilReached, type ServiceProcess } from '../support/processes.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Visitor } from '../support/visitor.ts';

const [blog, shop] = ['default', 'shop'];
/** Patience and lifetime of both, after which nobody tries a job again. */
const allOverMs = 26 * 60_000;

let file: SitesFile;
let system: System;
let redis: Redis;
let producer: Producer<CodeIssue>;
const others: ServiceProcess[] = [];
beforeAll(async () => {
  file = await createSitesFile(sitesText([{ id: blog, name: 'The Blog' }, { id: shop, name: 'The Shop' }]));
  system = await startSystem({ env: { LOG_LEVEL: 'info', DAYPASS_SITES: file.path } });
  redis = new Redis(system.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
  producer = createProducer(codeIssue, redis);
});
afterAll(async () => {
  await producer?.close();
  redis?.disconnect();
  await Promise.all(others.map((worker) => worker.stop()));
  await system?.stop();
  await file?.remove();
});

interface Asked {
  visitor: Visitor;
  job: CodeIssue;
}

/** Somebody whose code was asked for at a site, and its job as it stands in Redis. */
async function askAt(site: string): Promise<Asked> {
  const visitor = system.visitor();
  const { body } = await visitor.post('/v1/codes', { email: visitor.email, site });
  const queued = await producer.queue.getJob(`${String(body['id'])}.1`);
  const job = codeIssue.parse(queued?.data);
  if (job?.site !== site) throw new Error('no job');
  return { visitor, job };
}

async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<ServiceProcess> {
  const worker = await untilReached(await startService('mailer-worker', { ...system.env, ...env }));
  others.push(worker);
  return worker;
}

/** What has become of a job, and where it was not done, why. */
async function fateOf(jobId: string): Promise<string> {
  const [state, job] = await Promise.all([producer.queue.getJobState(jobId), producer.queue.getJob(jobId)]);
  return state === 'completed' ? state : `${state} ${job?.failedReason}`;
}
async function fatesOf<Name extends string>(jobs: Record<Name, string>): Promise<Record<string, string>> {
  return Object.fromEntries(await Promise.all(Object.entries<string>(jobs).map(async ([name, id]) => [name, await fateOf(id)] as const)));
}

const flipped = (envelope: string) => envelope.slice(0, -2) + (envelope.at(-2) === 'A' ? 'B' : 'A') + envelope.slice(-1);
const forged = 'failed forged';
/** What does not open is told at once, and left for a worker that may have another key of that name ... */
const waiting = 'delayed does_not_open';
/** ... and ends when it is too old. */
const stale = 'failed stale';

test('jobs that are edited, or moved to another site or challenge, are lost, and one that is replayed is done: none sends a mail', async () => {
  // After their mails have gone: what is added to the queue.
  const [gone, goneToo] = [await askAt(blog), await askAt(blog)];
  for (const { visitor } of [gone, goneToo]) await visitor.code();
  const added: [name: string, job: CodeIssue, fate: string][] = [
    ['one more mail of a challenge', { ...gone.job, send: 2 }, forged],
    ['the id of another challenge, a mail that it never granted', { ...gone.job, id: goneToo.job.id, send: 3 }, waiting],
    ['a site that there is not', { ...gone.job, site: 'other' }, forged],
    ['the other site', { ...gone.job, site: shop }, forged],
    ['one letter of the envelope', { ...gone.job, envelope: flipped(gone.job.envelope), send: 3 }, waiting],
    ['the same again', gone.job, 'completed'],
  ];
  for (const [index, [, job]] of added.entries()) await producer.queue.add(codeIssue.name, job, { jobId: `added-${index}` });

  // Before: what waits in the queue is edited there. Nothing was opened yet that could keep a mail back.
  await system.workers[0]?.stop();
  const edits: [name: string, at: string, edit: (own: CodeIssue, ofBlog: CodeIssue, ofShop: CodeIssue) => Partial<CodeIssue>, fate: string][] = [
    ['of the blog, to the shop', blog, () => ({ site: shop }), forged],
    ['of the shop, to the blog', shop, () => ({ site: blog }), forged],
    ['of the blog, to a site that there is not', blog, () => ({ site: 'made-up' }), forged],
    ['of the blog, to the id of the shop', blog, (_own, _ofBlog, { id }) => ({ id }), forged],
    ['of the blog, to site and id of the shop', blog, (_own, _ofBlog, { id }) => ({ id, site: shop }), waiting],
    ['of the shop, to site and id of the blog', shop, (_own, { id }) => ({ id, site: blog }), waiting],
    ['of the blog, with the envelope of the shop', blog, (_own, _ofBlog, { envelope }) => ({ envelope }), waiting],
    ['of the blog, with site and envelope of the shop', blog, (_own, _ofBlog, { envelope }) => ({ envelope, site: shop }), forged],
    ['of the shop, with the envelope of the blog', shop, (_own, { envelope }) => ({ envelope }), waiting],
    ['of the blog, with another envelope of the blog', blog, (_own, { envelope }) => ({ envelope }), waiting],
    ['one letter of the envelope', blog, ({ envelope }) => ({ envelope: flipped(envelope) }), waiting],
    ['a mail that was never granted', shop, () => ({ send: 2 }), forged],
  ];
  const untouched = [await askAt(blog), await askAt(shop)] as const;
  const edited: Asked[] = [];
  for (const [, at, edit] of edits) {
    const asked = await askAt(at);
    const queued = await producer.queue.getJob(`${asked.job.id}.1`);
    await queued?.updateData({ ...asked.job, ...edit(asked.job, untouched[0].job, untouched[1].job) });
    edited.push(asked);
  }

  const jobs = Object.fromEntries([
    ...added.map(([name], index) => [`added: ${name}`, `added-${index}`] as const),
    ...edits.map(([name], index) => [`edited: ${name}`, `${edited[index]?.job.id}.1`] as const),
  ]);
  const wanted = Object.fromEntries([
    ...added.map(([name, , fate]) => [`added: ${name}`, fate] as const),
    ...edits.map(([name, , , fate]) => [`edited: ${name}`, fate] as const),
  ]);
  const worker = await startWorker();
  for (const { visitor } of untouched) await visitor.code();
  await expect.poll(() => fatesOf(jobs), { timeout: 30_000 }).toEqual(wanted);

  // Nobody makes series of his own by names that he writes there.
  const metrics = await (await fetch(`${worker.opsUrl}/metrics`)).text();
  expect(metrics).toMatch(/^daypass_mail_jobs_total\{site="",outcome="lost",reason="forged"\} [1-9]/m);
  expect(metrics).not.toContain('made-up');

  // Those that are tried again, until nobody would.
  await worker.stop();
  await startWorker(preload('shift-clock', { CLOCK_SHIFT_MS: String(allOverMs) }));
  const ends = Object.fromEntries(Object.entries(wanted).map(([name, fate]) => [name, fate === waiting ? stale : fate]));
  await expect.poll(() => fatesOf(jobs), { timeout: 30_000 }).toEqual(ends);

  const sent = system.catcher.mails().flatMap(({ envelope }) => envelope.to);
  const due = [gone, goneToo, ...untouched].map(({ visitor }) => visitor.email);
  process.stdout.write(`  ${Object.keys(jobs).length} jobs replayed, edited and moved: ${sent.length - due.length} mails\n`);
  expect(sent.toSorted()).toEqual(due.toSorted());
}, 120_000);
