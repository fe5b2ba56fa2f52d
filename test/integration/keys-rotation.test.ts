// docs/operations/keys.md, step by step: what was made under the old keys works through a rotation and after it.
import { randomBytes } from 'node:crypto';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { until } from '@daypass/tools/testing/until';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getIn } from '../support/get-in.ts';
import { startService, type ServiceName, type ServiceProcess } from '../support/processes.ts';
import { startSystem, type System } from '../support/system.ts';
import { phoneOf, untilStepHasRoom, type Phone } from '../support/totp.ts';
import { createVisitor, type Visitor } from '../support/visitor.ts';

const [before, after] = [makeSecrets(new Date('2026-01-01T00:00:00Z'), randomBytes), makeSecrets(new Date('2026-02-02T00:00:00Z'), randomBytes)];
const jwks = (...sets: string[]) => JSON.stringify(sets.flatMap((set) => JSON.parse(set) as object[]));
const sealing = (...sets: string[]) => sets.join(',');
type Keys = { DAYPASS_SECRETS: string; DAYPASS_SIGNING_KEYS: string };
const keysOf = (...sets: Keys[]): Keys => ({
  DAYPASS_SECRETS: sealing(...sets.map((set) => set.DAYPASS_SECRETS)),
  DAYPASS_SIGNING_KEYS: jwks(...sets.map((set) => set.DAYPASS_SIGNING_KEYS)),
});
/** The new key at the end, then at the front, then alone. */
const steps = [keysOf(before), keysOf(before, after), keysOf(after, before), keysOf(after)] as const;
const oldKid = 'k202601010000';

let system: System;
const fleet: { name: ServiceName; service: ServiceProcess }[] = [];
const everStarted: ServiceProcess[] = [];
const names: ServiceName[] = ['api', 'api', 'mailer-worker'];

beforeAll(async () => {
  system = await startSystem({ apis: 0, workers: 0, env: { ...keysOf(before), LOG_LEVEL: 'info' } });
  const services = await Promise.all(names.map((name) => start(name, steps[0])));
  for (const [index, service] of services.entries()) fleet.push({ name: names[index] ?? 'api', service });
});
afterAll(async () => {
  await Promise.all(fleet.map(({ service }) => service.stop()));
  await system?.stop();
});

async function start(name: ServiceName, keys: Keys): Promise<ServiceProcess> {
  const service = await startService(name, { ...system.env, ...keys });
  everStarted.push(service);
  // As a balancer does, before it sends anybody.
  await until('the database is reached', async () => (await (await fetch(`${service.opsUrl}/readyz`)).text()).includes('"mongodb":"ok"'), 15_000);
  return service;
}

/** Puts a process with these keys in the place of each, one after the other; `between` is done after each. */
async function replaceAll(keys: Keys, between?: () => Promise<void>): Promise<void> {
  const next = await Promise.all(fleet.map(({ name }) => start(name, keys)));
  for (const [index, member] of fleet.entries()) {
    await member.service.stop();
    member.service = next[index] ?? member.service;
    await between?.();
  }
}

const apis = () => fleet.filter(({ name }) => name === 'api').map(({ service }) => service);
const somebody = (api = 0): Visitor => createVisitor(apis()[api]?.url ?? '', system.catcher);
const said = (text: string) => everStarted.flatMap(({ output }) => output.filter((line) => line.includes(text)));

interface Made {
  /** A challenge whose code is in the mail. */
  id: string;
  code: string;
  token: string;
  device: string;
  phone: Phone;
  holder: string;
}

/** A challenge that waits for its code, a pass with a device token, and an app. */
async function make(): Promise<Made> {
  const waiting = somebody();
  const id = await waiting.ask();
  const visitor = somebody(1);
  const { accessToken, device } = (await getIn(visitor)).body;
  await untilStepHasRoom();
  const { body } = await visitor.post('/v1/totp', {});
  const phone = phoneOf({ id: String(body['id']), uri: String(body['uri']), secret: String(body['secret']) }, { algorithm: 'SHA1', digits: 6 });
  const confirmed = await visitor.post(`/v1/totp/${phone.id}/confirm`, { code: phone.code(new Date(Date.now() - 30_000)) });
  expect(confirmed.status).toBe(200);
  return { id, code: await waiting.code(), token: String(accessToken), device: String(device), phone, holder: visitor.email };
}

const passIs = async (token: string) =>
  Promise.all(apis().map(async ({ url }) => (await fetch(`${url}/v1/pass`, { headers: { authorization: `Bearer ${token}` } })).status));
/** Whether a browser is known shows where strangers get no more mails. */
async function browserIs({ device, holder }: Made): Promise<string> {
  const { digestAddress } = await import('@daypass/core/keys/digest-address');
  const { parseIndexKey } = await import('@daypass/core/keys/index-key');
  const key = `{daypass}:limit:address:${digestAddress(parseIndexKey(String(system.env['DAYPASS_INDEX_KEY'])), holder)}`;
  await system.redis.del(key);
  await system.redis.rpush(key, ...[8, 7, 6, 5, 4, 3].map((hours) => Date.now() - hours * 3_600_000));
  const stranger = await somebody().post('/v1/codes', { email: holder });
  const known = await somebody(1).post('/v1/codes', { email: holder, device });
  return `${stranger.status} for strangers, ${known.status} for the browser`;
}

test('what was made before each step works while processes are restarted one by one, and after it', async () => {
  const made: Made[] = [];
  const early = await make();
  for (const keys of steps.slice(1, 3)) {
    made.push(await make());
    await replaceAll(keys, async () => {
      // Made with some processes at this step and some at the one before, used at once.
      const visitor = somebody();
      await getIn(visitor);
      expect(new Set(await passIs(early.token))).toEqual(new Set([200]));
    });
  }
  await untilStepHasRoom();
  for (const each of [early, ...made]) {
    expect((await somebody().verify(each.id, each.code)).status).toBe(200);
    expect(await passIs(each.token)).toEqual([200, 200]);
    expect((await somebody(1).post(`/v1/totp/${each.phone.id}/verify`, { code: each.phone.code(new Date()) })).status).toBe(200);
    expect(await browserIs(each)).toBe('429 for strangers, 202 for the browser');
  }

  // The sweeper has sealed the apps anew, and says so: the old sealing key may go.
  const sweeper = await start('sweeper', steps[2]);
  const backlog = async () => (await (await fetch(`${sweeper.opsUrl}/metrics`)).text()).match(/^daypass_sweep_backlog\{sweep="re-seal"\} (\d+)$/m)?.[1];
  await expect.poll(backlog, { timeout: 15_000 }).toBe('0');
  expect(said('is sealed under a key')).toEqual([]);

  // Too early for what still waits for its code, and for the passes.
  const behind = await start('api', steps[0]);
  const late = createVisitor(behind.url, system.catcher);
  const id = await late.ask();
  const code = await late.code();
  await behind.stop();
  await Promise.all([sweeper.stop(), replaceAll(steps[3])]);

  await untilStepHasRoom();
  for (const each of [early, ...made]) {
    const answer = await somebody().post(`/v1/totp/${each.phone.id}/verify`, { code: each.phone.code(new Date(Date.now() + 30_000)) });
    expect(answer.status).toBe(200);
    expect(await browserIs(each)).toBe('429 for strangers, 202 for the browser');
    // The key that signed it is gone with the last step, which is why that one waits for the longest pass.
    expect(await passIs(each.token)).toEqual([401, 401]);
  }
  expect((await somebody().verify(id, 'AAAA-AAAA')).body).toMatchObject({ status: 410, code: 'code_expired' });
  expect((await somebody().verify(id, code)).body).toMatchObject({ status: 410, code: 'code_expired' });
  const failures = await system.redis.keys('{daypass}:failures:*');
  expect(failures).toEqual([]);
  const missed = said('is sealed under a key').map((line) => JSON.parse(line) as { level: string; kid: string });
  expect(missed.filter(({ kid }) => kid === oldKid)).toMatchObject([{ level: 'error' }]);
  for (const { opsUrl } of fleet.map(({ service }) => service)) expect((await fetch(`${opsUrl}/livez`)).status).toBe(200);
}, 180_000);

test('a mail that waits under a key which a worker does not have waits for the key, and the worker says so once', async () => {
  const worker = fleet.find(({ name }) => name === 'mailer-worker');
  await worker?.service.stop();
  const [behind, lacking, rotating] = await Promise.all([start('api', steps[0]), start('mailer-worker', steps[3]), start('api', steps[2])]);
  const visitors = Array.from({ length: 3 }, () => createVisitor(behind.url, system.catcher));
  const ids = await Promise.all(visitors.map((visitor) => visitor.ask()));
  const delayed = () => lacking.output.filter((line) => line.includes('sealed_under_unknown_key')).length;
  await expect.poll(delayed, { timeout: 15_000 }).toBeGreaterThanOrEqual(3);
  expect(lacking.output.filter((line) => line.includes('is sealed under a key'))).toHaveLength(1);
  await lacking.stop();

  if (worker) worker.service = await start('mailer-worker', steps[2]);
  const enter = async (visitor: Visitor, index: number) =>
    (await createVisitor(rotating.url, system.catcher).verify(ids[index] ?? '', await visitor.code())).status;
  expect(await Promise.all(visitors.map(enter))).toEqual([200, 200, 200]);
  await Promise.all([behind.stop(), rotating.stop()]);
}, 60_000);

test('no key was printed by any process, whatever was asked of it', () => {
  const secrets = [before, after].flatMap((set) => Object.values(set).flatMap((text) => text.match(/[\w-]{43}/g) ?? []));
  // The public half of a signing key is for everybody.
  const publicHalves = [before, after].map((set) => (JSON.parse(set.DAYPASS_SIGNING_KEYS) as { x: string }[])[0]?.x);
  const output = everStarted.flatMap((service) => service.output).join('\n');
  expect(secrets.filter((secret) => !publicHalves.includes(secret) && output.includes(secret))).toEqual([]);
});
