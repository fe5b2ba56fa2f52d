import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import { queuePrefix } from '@daypass/jobs/job-type';
import { createProducer, type Producer } from '@daypass/jobs/producer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Visitor } from '../support/visitor.ts';

let system: System;
let smtp: ScriptedSmtp;
let producer: Producer<CodeIssue>;
const calls = new Map<string, number>();

beforeAll(async () => {
  smtp = await startScriptedSmtp((moment, address) => {
    const call = `${moment} ${address}`;
    calls.set(call, (calls.get(call) ?? 0) + 1);
    if (address.startsWith('gone.') && moment === 'rcpt') return { code: 550, text: `${address} unknown here` };
    if (address.startsWith('full.') && moment === 'data') return { code: 552, text: `${address} is full` };
    if (address.startsWith('drop.') && moment === 'data' && calls.get(call) === 1) return 'drop';
    if (address.startsWith('grey.') && moment === 'rcpt' && (calls.get(call) ?? 0) < 3) {
      return { code: 451, text: `greylisted ${address}` };
    }
    return undefined;
  });
  system = await startSystem({ workers: 1, env: { SMTP_URL: smtp.url } });
  producer = createProducer(codeIssue, system.redis, { onError: () => undefined });
});
afterAll(async () => {
  await producer?.close();
  await system?.stop();
  await smtp?.stop();
});

const delivery = async (visitor: Visitor, id: string) => (await visitor.get(`/v1/codes/${id}`)).body['delivery'];
const askFor = async (visitor: Visitor, email: string) =>
  String((await visitor.post('/v1/codes', { email })).body['id']);
const waiting = async (id: string) => {
  const queued = await producer.queue.getJob(`${id}.1`);
  return (await queued?.isDelayed()) ? queued : undefined;
};
const job = (id: string) => system.redis.hgetall(`${queuePrefix}:${codeIssue.name}:${id}.1`);

test.each([
  { name: 'an unknown mailbox', local: 'gone', reason: 'smtp_550' },
  { name: 'a mail that is refused after DATA', local: 'full', reason: 'smtp_552' },
])('$name is final: one try, told as refused, kept without the address', async ({ local, reason }) => {
  const visitor = system.visitor();
  const email = `${local}.${visitor.email}`;
  const id = await askFor(visitor, email);
  await expect.poll(() => delivery(visitor, id), { timeout: 10_000 }).toBe('refused');
  await expect.poll(async () => (await job(id))['failedReason']).toBe(reason);
  expect(JSON.stringify(await job(id))).not.toContain(email);
  expect(calls.get(`rcpt ${email}`)).toBe(1);
});

test('a greylisted mail is told as delayed, waits as long as greylists want without spending an attempt, and arrives', async () => {
  const visitor = system.visitor();
  const email = `grey.${visitor.email}`;
  const id = await askFor(visitor, email);
  for (const seconds of [30, 90]) {
    await expect.poll(async () => (await waiting(id))?.delay ?? 0).toBeGreaterThan(seconds * 900);
    const queued = await waiting(id);
    expect(queued?.delay).toBeLessThan(seconds * 1_100);
    expect(queued?.attemptsMade).toBe(0);
    expect(await delivery(visitor, id)).toBe('delayed');
    await queued?.promote();
  }
  await expect.poll(() => delivery(visitor, id)).toBe('sent');
  const mails = smtp.accepted.filter(({ to }) => to === email);
  expect(mails).toHaveLength(1);
});

test('a mail that the server may have is mailed again with the same Message-ID and the same code', async () => {
  const visitor = system.visitor();
  const email = `drop.${visitor.email}`;
  const id = await askFor(visitor, email);
  await expect.poll(() => delivery(visitor, id), { timeout: 20_000 }).toBe('sent');
  const mails = smtp.accepted.filter(({ to }) => to === email);
  expect(mails).toHaveLength(2);
  expect(mails[0]?.raw).toBe(mails[1]?.raw);
  expect(mails[0]?.raw).toMatch(/^Message-ID: <[^>]+>/m);
});

test('an address with a line break, a comma or a second recipient in it never reaches the mail server', async () => {
  const visitor = system.visitor();
  for (const email of [
    'x@example.com\r\nBcc: evil@example.com',
    'x@example.com, evil@example.com',
    'x@example.com;evil@example.com',
    '<x@example.com>',
    '"x@example.com" <evil@example.com>',
  ]) {
    expect((await visitor.post('/v1/codes', { email })).body).toMatchObject({ code: 'address_invalid' });
  }
  expect([...calls.keys()].join()).not.toContain('evil');
});

