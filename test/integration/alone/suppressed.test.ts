import { setTimeout as sleep } from 'node:timers/promises';
import { digestAddress } from '@daypass/core/keys/digest-address';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { openStore, type Store } from '@daypass/core/store/open-store';
import { codeIssue } from '@daypass/jobs/code-issue';
import { queuePrefix } from '@daypass/jobs/job-type';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSitesFile, sitesText, type SitesFile } from '../../support/sites-file.ts';
import { startSystem, type System } from '../../support/system.ts';
import type { Answer, Visitor } from '../../support/visitor.ts';

const visitorsOfEach = 500;
/** A worker that just started gets faster with every mail, and the times that it imitates are a little old. */
const warmUp = 300;
/**
 * Two samples of so many, out of one distribution, are farther apart than this, 0.16, once in a hundred thousand times. Two
 * pairs are compared: one false alarm in fifty thousand runs. They come by turns, so that what slows the machine slows both;
 * on one that was busy they were 0.04 to 0.11 apart. A hand-over that is imitated 4 ms too long is 0.20.
 */
const byChance = Math.sqrt(Math.log(2 / 1e-5) / visitorsOfEach);
/** A busy machine takes a tenth of a second for one. */
const visitsMs = 600_000;

let file: SitesFile;
let system: System;
let store: Store;
beforeAll(async () => {
  file = await createSitesFile(sitesText([{ id: 'default', name: 'The Blog', limits: { addressPauseSeconds: 1 } }]));
  system = await startSystem({ sweepers: 1, env: { DAYPASS_SITES: file.path } });
  store = openStore(system.env['MONGODB_URL'] ?? '', () => undefined);
  await store.connected;
  await store.ready();
});
afterAll(async () => {
  await store?.close();
  await system?.stop();
  await file?.remove();
});

const digestOf = ({ email }: Visitor) => digestAddress(parseIndexKey(system.env['DAYPASS_INDEX_KEY'] ?? ''), email);
const inAnHour = () => new Date(Date.now() + 3_600_000);

const workerMetrics = async () => (await fetch(`${system.workers[0]?.opsUrl}/metrics`)).text();
const knownToWorker = async () => Number(/^daypass_suppressions_known (\d+)/m.exec(await workerMetrics())?.[1] ?? 0);

interface Visit {
  answers: Answer[];
  jobs: Record<string, string>[];
  document: object;
  answerMs: number;
  sentMs: number;
}

/** Asks for a code, and watches its mail go. */
async function visit(visitor: Visitor): Promise<Visit & { id: string }> {
  const started = performance.now();
  const asked = await visitor.post('/v1/codes', { email: visitor.email });
  const answeredAt = performance.now();
  const id = String(asked.body['id']);
  const sent = await untilSent(visitor, id);
  const sentMs = performance.now() - answeredAt;
  return { id, answers: [asked, sent], ...(await whatIsKept(id, 1)), answerMs: answeredAt - started, sentMs };
}

/** The same, and asks for the mail once more, which the site takes after a second. */
async function visitTwice(visitor: Visitor): Promise<Visit> {
  const { id, ...first } = await visit(visitor);
  let resent = await visitor.post(`/v1/codes/${id}/resend`);
  while (resent.status === 429) resent = await visitor.post(`/v1/codes/${id}/resend`);
  const sent = await untilSent(visitor, id);
  return { ...first, answers: [...first.answers, resent, sent], ...(await whatIsKept(id, 2)) };
}

/** What is kept of a challenge whose newest mail has gone. A job is done a moment after that is said. */
async function whatIsKept(id: string, sends: number): Promise<Pick<Visit, 'jobs' | 'document'>> {
  const read = () =>
    Promise.all(Array.from({ length: sends }, (_, index) => system.redis.hgetall(`${queuePrefix}:${codeIssue.name}:${id}.${index + 1}`)));
  let jobs = await read();
  while (!jobs.every((job) => 'finishedOn' in job)) jobs = await read();
  return { jobs, document: (await system.mongo.collection<{ _id: string }>('challenges').findOne({ _id: id })) ?? {} };
}

async function untilSent(visitor: Visitor, id: string): Promise<Answer> {
  for (const givenUpAt = performance.now() + 15_000; performance.now() < givenUpAt;) {
    const status = await visitor.get(`/v1/codes/${id}`);
    if (status.body['delivery'] === 'sent') return status;
  }
  throw new Error('the mail did not go');
}

/** What must be the same for everybody: all of it but what is random, and times, which pass. */
function look({ answers, jobs, document }: Visit) {
  const answer = ({ status: code, headers, body }: Answer) => ({
    code,
    headers: [...headers].map(([name, value]) => [name, /^(date|x-request-id|location|ratelimit)$/.test(name) ? '' : value]),
    body: Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name === 'id' ? '' : coarse(value)])),
  });
  return {
    answers: answers.map(answer),
    jobs: jobs.map((job) => ({ ...job, data: '', timestamp: '', processedOn: '', finishedOn: '', opts: '' })),
    document: Object.fromEntries(Object.entries(document).map(([name, value]) => [name, typeof value === 'number' ? value : typeof value])),
  };
}

/** Seconds tick between two answers. */
function coarse(value: unknown): unknown {
  return typeof value === 'number' && value > 5 ? Math.round(value / 100) : value === 0 || value === 1 ? 'a moment' : value;
}

describe('an address that gets no mail', () => {
  const alive: Visit[] = [];
  const dead: Visit[] = [];
  const deadVisitors: Visitor[] = [];
  let deadTwice: Visitor;

  beforeAll(async () => {
    deadTwice = system.visitor();
    deadVisitors.push(...Array.from({ length: visitorsOfEach }, () => system.visitor()), deadTwice);
    for (const visitor of deadVisitors) await store.suppressions.suppress(digestOf(visitor), new Date(), inAnHour());
    while ((await knownToWorker()) < deadVisitors.length) await sleep(100); // It looks every few seconds.

    for (let index = 0; index < warmUp; index += 1) await visit(system.visitor());
    for (const [index, visitor] of deadVisitors.slice(0, visitorsOfEach).entries()) {
      const comeAlive = async () => void alive.push(await visit(system.visitor()));
      const comeDead = async () => void dead.push(await visit(visitor));
      // Neither of them always first.
      for (const come of index % 2 ? [comeDead, comeAlive] : [comeAlive, comeDead]) await come();
    }
  }, visitsMs);

  test('gets none', () => {
    const addressed = new Set(system.catcher.mails().flatMap(({ envelope }) => envelope.to));
    expect(deadVisitors.filter(({ email }) => addressed.has(email))).toEqual([]);
    expect(addressed.size).toBe(warmUp + visitorsOfEach);
  });

  test('looks like any other when the mail is asked for once more', async () => {
    const [any, suppressed] = await Promise.all([visitTwice(system.visitor()), visitTwice(deadTwice)]);
    expect(look(suppressed)).toEqual(look(any));
    expect(suppressed.document).toMatchObject({ delivery: 'sent', sends: 2, sendsAccepted: 2 });
    expect(system.catcher.mails().filter(({ envelope }) => envelope.to.includes(deadTwice.email))).toEqual([]);
  });

  test('looks like any other: every status, header and body, its job and its challenge', () => {
    const [first] = alive;
    if (!first) throw new Error('nobody came');
    for (const each of [...alive, ...dead]) expect(look(each)).toEqual(look(first));
  });

  test('is answered, and sent to, in times that are spread as those of any other are', () => {
    const lines = (['answerMs', 'sentMs'] as const).map((what) => {
      const [ofAlive, ofDead] = [alive, dead].map((visits) => visits.map((each) => each[what]).toSorted((a, b) => a - b)) as [number[], number[]];
      const apart = farthestApart(ofAlive, ofDead);
      expect(apart).toBeLessThan(byChance);
      return `${what}: any ${spread(ofAlive)} · suppressed ${spread(ofDead)} · apart ${apart.toFixed(2)}`;
    });
    process.stdout.write(`\n  p10 / p50 / p90 of ${visitorsOfEach} each, and how far apart their distributions are\n  ${lines.join('\n  ')}\n\n`);
  });

  test('is known to operators, by metric and log, without its address', async () => {
    expect(await workerMetrics()).toMatch(new RegExp(`daypass_mail_jobs_total\\{site="default",outcome="sent",reason="suppressed"\\} ${visitorsOfEach + 2}\\b`));
    const log = system.workers.flatMap(({ output }) => output).join('\n');
    expect(log).toContain('"reason":"suppressed"');
    for (const { email } of deadVisitors) expect(log).not.toContain(email);
  });
});

test('an address gets mail again when its time is over, or when it is lifted', async () => {
  const [ended, lifted] = [system.visitor(), system.visitor()];
  await store.suppressions.suppress(digestOf(ended), new Date(Date.now() - 10_000), new Date(Date.now() - 1));
  await store.suppressions.suppress(digestOf(lifted), new Date(), inAnHour());
  expect(await store.suppressions.lift(digestOf(lifted))).toBe(true);
  expect(await store.suppressions.lift(digestOf(lifted))).toBe(false);
  for (const visitor of [ended, lifted]) {
    await visitor.ask();
    await visitor.mail();
  }
});

/** The two-sample Kolmogorov-Smirnov statistic: 0 for the same values, 1 when all of the one are below all of the other. */
function farthestApart(left: readonly number[], right: readonly number[]): number {
  const below = (values: readonly number[], bound: number) => values.filter((value) => value <= bound).length / values.length;
  return Math.max(...[...left, ...right].map((bound) => Math.abs(below(left, bound) - below(right, bound))));
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;
}

function spread(sorted: readonly number[]): string {
  return [0.1, 0.5, 0.9].map((part) => quantile(sorted, part).toFixed(1)).join(' / ') + ' ms';
}
