import { randomBytes } from 'node:crypto';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failed } from '../../packages/cli/src/commands/failed.ts';
import { daypassCommand } from '../support/daypass-command.ts';
import { startService } from '../support/processes.ts';
import { startSystem, type System } from '../support/system.ts';
import { codeIn, type Visitor } from '../support/visitor.ts';

const queue = '{daypass}:code-issue';
let system: System;
beforeAll(async () => {
  system = await startSystem({ workers: 0 });
});
afterAll(() => system?.stop());

const daypass = (...args: string[]) => daypassCommand(failed, args, system.env);

/** A visitor whose mail a worker gives up that has other keys. */
async function givenUp(): Promise<{ visitor: Visitor; id: string; job: string; metrics: string }> {
  const visitor = system.visitor();
  const id = await visitor.ask();
  const stranger = await startService('mailer-worker', { ...system.env, DAYPASS_INDEX_KEY: randomBytes(32).toString('base64url') });
  await expect.poll(() => system.redis.zscore(`${queue}:failed`, `${id}.1`)).not.toBeNull();
  const metrics = await (await fetch(`${stranger.opsUrl}/metrics`)).text();
  await stranger.stop();
  return { visitor, id, job: `${id}.1`, metrics };
}

test('a mail that is given up is listed with a reason and without a secret, counted, tried again on demand, and arrives', async () => {
  const { visitor, id, job, metrics } = await givenUp();
  const { code, out } = await daypass();
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`^${job} {2}default {2}forged {2}.* ago {2}of use for another (9 min|10 min)`, 'm'));
  expect(out).not.toContain(visitor.email);
  expect(out).not.toContain((JSON.parse((await system.redis.hget(`${queue}:${job}`, 'data')) ?? '{}') as { envelope: string }).envelope);

  // What the alert on failed jobs looks at.
  expect(metrics).toMatch(/^daypass_mail_jobs_total\{site="default",outcome="lost",reason="forged"\} 1$/m);
  const counted = await (await fetch(`${system.apis[0]?.opsUrl}/metrics`)).text();
  expect(counted).toMatch(/^daypass_queue_jobs\{queue="code-issue",state="failed"\} 1$/m);

  const worker = await startService('mailer-worker', system.env);
  expect(await daypass('retry', 'no-such-job.1')).toMatchObject({ code: 1 });
  expect(await daypass('retry', job)).toMatchObject({ code: 0, out: expect.stringContaining('1 tried again.') });
  const code1 = codeIn(await visitor.mail());
  expect((await visitor.verify(id, code1)).status).toBe(200);
  await expect.poll(async () => (await daypass()).out).toContain('0 given up.');
  await worker.stop();
});

test('nobody has a mail tried again whose code can no longer live', async () => {
  const { job } = await givenUp();
  await system.redis.hset(`${queue}:${job}`, 'timestamp', Date.now() - 11 * 60_000);
  expect((await daypass()).out).toContain('too late to be of use');
  expect((await daypass('retry', 'all')).out).toContain('0 tried again, 1 too late');
  expect(await system.redis.zscore(`${queue}:failed`, job)).not.toBeNull();
});

test('it is gone a day after it was given up, swept by whoever sweeps', async () => {
  const { job } = await givenUp();
  const dayAgo = Date.now() - (codeIssue.keepFailedSeconds + 60) * 1000;
  await system.redis.hset(`${queue}:${job}`, 'finishedOn', dayAgo);
  await system.redis.zadd(`${queue}:failed`, dayAgo, job);
  const sweeper = await startService('sweeper', system.env);
  await expect.poll(() => system.redis.exists(`${queue}:${job}`)).toBe(0);
  await sweeper.stop();
});

test.each([[['retry']], [['redo', 'x']], [['retry', 'a', 'b']]])('used wrongly it does nothing and says how it is used: %j', async (args) => {
  expect(await daypass(...args)).toMatchObject({ code: 2, out: expect.stringContaining('retry ID') });
});

test('what somebody wrote into a failed job by hand is not shown', async () => {
  const producer = createProducer(codeIssue, system.redis);
  await producer.queue.add(codeIssue.name, { email: 'ada@example.com' }, { jobId: 'by-hand' });
  const worker = await startService('mailer-worker', system.env);
  await expect.poll(() => system.redis.zscore(`${queue}:failed`, 'by-hand')).not.toBeNull();
  await worker.stop();
  await system.redis.hset(`${queue}:by-hand`, 'failedReason', '550 <ada@example.com> unknown');
  const { out } = await daypass();
  expect(out).toContain('by-hand  –  unreadable');
  expect(out).not.toContain('ada@');
});
