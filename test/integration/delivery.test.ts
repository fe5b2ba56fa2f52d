import { codeIssue, type CodeIssue } from '@daypass/jobs/code-issue';
import { queuePrefix } from '@daypass/jobs/job-type';
import { createProducer, type Producer } from '@daypass/jobs/producer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { startSystem, type System } from '../support/system.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import type { Visitor } from '../support/visitor.ts';

let system: System;
let smtp: ScriptedSmtp;
/** Between the worker and the mail server. */
let way: TcpProxy;
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
  way = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(smtp.url).port) });
  system = await startSystem({ workers: 1, env: { SMTP_URL: `smtp://127.0.0.1:${way.port}` } });
  producer = createProducer(codeIssue, system.redis);
});
afterAll(async () => {
  await producer?.close();
  await system?.stop();
  await way?.close();
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

test('a mail server that cannot be reached is told of in the log once, with its place and the reason, and once when it is used again', async () => {
  const [worker] = system.workers;
  const tries = async () => {
    const text = await (await fetch(`${worker?.opsUrl}/metrics`)).text();
    const failed = [...text.matchAll(/^daypass_smtp_handover_duration_seconds_count\{transport="1",result="transport_\w+"\} (\d+)$/gm)];
    return failed.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const before = await tries();
  const told = () =>
    (worker?.output ?? []).flatMap((line) => {
      const { level, msg, transport, reason } = JSON.parse(line) as Record<string, unknown>;
      return String(msg).startsWith('mail server ') ? [{ level, msg, transport, ...(reason !== undefined && { reason }) }] : [];
    });
  way.set({ mode: 'refuse' });
  const visitors = Array.from({ length: 6 }, () => system.visitor());
  await Promise.all(visitors.map((visitor) => visitor.ask()));
  // More than these six: some were let through to see, and failed.
  await expect.poll(tries, { timeout: 20_000 }).toBeGreaterThan(before + 6);
  const opened = { level: 'warn', msg: 'mail server fails and is left alone', transport: '1', reason: expect.stringMatching(/^transport_\w+$/) };
  expect(told()).toEqual([opened]);
  way.set({ mode: 'pass' });
  const closed = { level: 'info', msg: 'mail server is used again', transport: '1' };
  await expect.poll(told, { timeout: 20_000 }).toEqual([opened, closed]);
  const arrived = () => visitors.filter(({ email }) => smtp.accepted.some(({ to }) => to === email));
  await expect.poll(arrived, { timeout: 30_000 }).toHaveLength(6);
  expect(told()).toEqual([opened, closed]);
});
