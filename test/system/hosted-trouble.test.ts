import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { startRedis, type RedisServer } from '@daypass/tools/stores/redis-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress } from '../support/access-system.ts';
import { picture } from '../support/chromium.ts';
import { elementOn, expectStep } from '../support/element.ts';
import { startHostedSystem, type HostedSystem } from '../support/hosted-system.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';

let dir: string;
let redis: RedisServer;
let smtp: ScriptedSmtp;
let at: HostedSystem;
/** The mail server says "later" to these until it is let. */
const held = new Set<string>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-trouble-'));
  redis = await startRedis({ dataDir: dir });
  smtp = await startScriptedSmtp((moment, address) => (moment === 'rcpt' && held.has(address) ? { code: 451, text: 'later' } : undefined));
  at = await startHostedSystem({ redisUrl: redis.url, env: { SMTP_URL: smtp.url } });
});
afterAll(async () => {
  await at?.stop();
  await smtp?.stop();
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

const challengeIn = (url: string) => /\/v1\/codes\/([^/]+)/.exec(url)?.[1] ?? '';

describe('the hosted page, when something is in the way', () => {
  test('tells live of a mail that has to wait, and that it arrived, without asking', async () => {
    const page = await at.open('?site=shop');
    await expectStep(page, 'address');
    const asked: string[] = [];
    page.on('request', (request) => request.url().includes('/v1/codes/') && asked.push(request.url()));
    const element = elementOn(page);
    const email = newAddress();
    held.add(email);
    await element.askFor(email);
    await expect.poll(() => element.status.textContent()).toBe('Your mail server asked us to wait. We keep trying.');
    await picture(page, 'hosted-delayed');
    held.delete(email);
    const { queue } = createProducer(codeIssue, at.access.system.redis);
    const job = async () => queue.getJob(`${challengeIn(asked[0] ?? '')}.1`);
    await expect.poll(async () => (await job())?.isDelayed()).toBe(true);
    await (await job())?.promote();
    await expect.poll(() => element.status.textContent()).toMatch(/^Delivered to your mail server/);
    expect(asked.filter((url) => !url.endsWith('/events'))).toEqual([]);
    await queue.close();
  });

  test('asks where there is no stream of events', async () => {
    const page = await at.open();
    await page.route('**/events', (route) => route.abort());
    await expectStep(page, 'address');
    const element = elementOn(page);
    await element.askFor(newAddress());
    await expect.poll(() => element.status.textContent()).toMatch(/^Delivered to your mail server/);
  });

  test('says that a code has expired, and takes the address again', async () => {
    const page = await at.open();
    await expectStep(page, 'address');
    const asked: string[] = [];
    page.on('request', (request) => request.url().includes('/v1/codes/') && asked.push(request.url()));
    const element = elementOn(page);
    const email = newAddress();
    await element.askFor(email);
    await expect.poll(() => element.status.textContent()).toMatch(/^Delivered to your mail server/);
    const challenges = at.access.system.mongo.collection<{ _id: string }>('challenges');
    await challenges.updateOne({ _id: challengeIn(asked[0] ?? '') }, { $set: { expiresAt: new Date(0) } });
    await element.input.fill('0000-0000');
    await expect.poll(() => element.error.textContent()).toBe('This code has expired. Ask for a new one.');
    await picture(page, 'hosted-expired');
    await element.action('Ask for a new code').click();
    await expectStep(page, 'address');
    expect(await element.input.inputValue()).toBe(email);
  });

  test('is kind while Redis is away, with and without JavaScript, and goes on when it is back', async () => {
    const known = await at.open();
    await expectStep(known, 'address');
    const email = newAddress();
    await elementOn(known).askFor(email);
    const [mail] = await (async () => {
      await expect.poll(() => smtp.accepted.some(({ to }) => to === email)).toBe(true);
      return smtp.accepted.filter(({ to }) => to === email);
    })();
    const code = /^([0-9A-Z]{4}-[0-9A-Z]{4})\r?$/m.exec(mail?.raw ?? '')?.[1] ?? '';
    const plain = await at.open('', { javaScriptEnabled: false });
    await redis.kill();

    await elementOn(known).type(code);
    await expect.poll(() => elementOn(known).error.textContent(), { timeout: 25_000 }).toMatch(/^This does not work right now/);
    await picture(known, 'hosted-redis-away');
    await plain.getByLabel('Email address').fill(newAddress());
    await plain.getByRole('button', { name: 'Email me a code' }).click();
    await plain.getByText('Back in a moment').waitFor();
    await picture(plain, 'hosted-plain-redis-away', { plain: true });
    expect(await plain.getByRole('link', { name: 'Start again' }).getAttribute('href')).toMatch(/^\/login\?state=/);

    redis = await startRedis({ dataDir: dir, port: redis.port });
    await expect.poll(async () => {
      if (known.url().includes('/login/done')) return true;
      await elementOn(known).submit.click({ timeout: 2_000 }).catch(() => undefined);
      await known.waitForURL('**/login/done', { timeout: 2_000 }).catch(() => undefined);
      return known.url().includes('/login/done');
    }, { timeout: 30_000 }).toBe(true);
  });
});
