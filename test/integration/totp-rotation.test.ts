import { randomBytes } from 'node:crypto';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { parseSealingKeys } from '@daypass/core/keys/sealing-keys';
import { openStore } from '@daypass/core/store/open-store';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import { createEnrolTotp } from '@daypass/core/totp/enrol-totp';
import { createSites } from '@daypass/core/sites/sites';
import { builtInSite } from '@daypass/core/sites/site';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, untilReached, type ServiceProcess } from '../support/processes.ts';
import { startSystem, type System } from '../support/system.ts';
import { phoneOf, untilStepHasRoom, type Phone } from '../support/totp.ts';

/** `TOTP_ENROLMENTS=20000 npm test -- totp-rotation` is the whole of it. */
const enrolments = Number(process.env['TOTP_ENROLMENTS'] ?? 500);
const atOnce = 16;
const key = () => randomBytes(32).toString('base64url');
const [old, fresh] = [`old:${key()}`, `fresh:${key()}`];
const say = (line: string) => process.stdout.write(`  ${line}\n`);

let system: System;
let phones: Phone[];
const started: ServiceProcess[] = [];
beforeAll(async () => {
  system = await startSystem({ apis: 0, workers: 0, env: { DAYPASS_SECRETS: old } });
  phones = await enrolMany();
}, 600_000);
afterAll(async () => {
  await Promise.all(started.map((service) => service.stop()));
  await system?.stop();
});

async function start(name: 'api' | 'sweeper', secrets: string): Promise<ServiceProcess> {
  const service = await startService(name, { ...system.env, DAYPASS_SECRETS: secrets });
  started.push(service);
  return service;
}

/** As the routes do it, without the network's limit. */
async function enrolMany(): Promise<Phone[]> {
  const store = openStore(system.env['MONGODB_URL'] ?? '', () => undefined);
  await store.connected;
  await store.ready();
  const longAgo = new Date(Date.now() - 3_600_000);
  const domain = {
    sites: createSites([builtInSite([])]),
    sealingKeys: parseSealingKeys(old),
    indexKey: parseIndexKey(system.env['DAYPASS_INDEX_KEY'] ?? makeSecrets(longAgo, randomBytes).DAYPASS_INDEX_KEY),
    enrolments: store.enrolments,
    spendLimits: async () => ({ ok: true as const, standings: [], refund: async () => undefined }),
    now: () => longAgo,
    randomBytes,
  };
  const [enrol, confirm] = [createEnrolTotp(domain), createConfirmTotp(domain)];
  const made: Phone[] = [];
  const one = async (): Promise<void> => {
    const ticket = await enrol({ ip: '192.0.2.1' });
    if (!ticket.ok) throw new Error(ticket.code);
    const phone = phoneOf(ticket, { algorithm: 'SHA1', digits: 6 });
    await confirm({ id: phone.id, code: phone.code(longAgo), ip: '192.0.2.1' });
    made.push(phone);
  };
  while (made.length < enrolments) await Promise.all(Array.from({ length: Math.min(atOnce, enrolments - made.length) }, one));
  await store.close();
  return made;
}

const underOld = () => system.mongo.collection('enrolments').countDocuments({ sealedWith: 'old' });
const backlogOf = async ({ opsUrl }: ServiceProcess) => /^daypass_sweep_backlog\{sweep="re-seal"\} (\d+)$/m.exec(await (await fetch(`${opsUrl}/metrics`)).text())?.[1];

/** Each gets in once, now by the one process and now by the other. What was refused. */
async function getIn(visitors: readonly Phone[], apis: readonly ServiceProcess[], fastSeconds = 0): Promise<string[]> {
  const refused: string[] = [];
  for (let next = 0; next < visitors.length; next += atOnce) {
    await untilStepHasRoom(2_000);
    await Promise.all(
      visitors.slice(next, next + atOnce).map(async (phone, index) => {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': `10.9.${(next + index) >> 8}.${(next + index) & 255}` };
        const body = JSON.stringify({ code: phone.code(new Date(Date.now() + fastSeconds * 1000)) });
        const api = apis[index % apis.length]?.url ?? '';
        const answer = await fetch(`${api}/v1/totp/${phone.id}/verify`, { method: 'POST', headers, body });
        if (answer.status !== 200) refused.push(`${answer.status} ${await answer.text()}`);
      }),
    );
  }
  return refused;
}

test(`${enrolments} enrolments are sealed under a new key by two sweepers while everybody gets in, and nobody is refused`, async () => {
  expect(await underOld()).toBe(enrolments);
  // The middle of docs/operations/keys.md: some processes have been restarted with the new key in front, others not yet.
  const apis = await Promise.all([start('api', `${old},${fresh}`), start('api', `${fresh},${old}`)].map(async (api) => untilReached(await api)));
  const half = Math.ceil(phones.length / 2);
  expect(await getIn(phones.slice(0, Math.min(100, half)), apis)).toEqual([]);

  const startedAt = performance.now();
  const sweepers = Promise.all([start('sweeper', `${fresh},${old}`), start('sweeper', `${fresh},${old}`)]);
  const visits = getIn(phones.slice(Math.min(100, half)), apis);
  await expect.poll(underOld, { timeout: 300_000, interval: 100 }).toBe(0);
  const resealedAfter = (performance.now() - startedAt) / 1000;
  expect(await visits).toEqual([]);
  say(`${enrolments} enrolments sealed anew ${resealedAfter.toFixed(1)} s after the sweepers were started; everybody got in, the last after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);

  const [first, second] = await sweepers;
  expect([await backlogOf(first), await backlogOf(second)]).toEqual(['0', '0']);
  const resealedBy = async ({ opsUrl }: ServiceProcess) =>
    Number(/^daypass_sweep_resealed_total\{sweep="re-seal"\} (\d+)$/m.exec(await (await fetch(`${opsUrl}/metrics`)).text())?.[1] ?? 0);
  // A sweeper counts at the end of its round.
  await expect.poll(async () => (await resealedBy(first)) + (await resealedBy(second)), { timeout: 30_000 }).toBe(enrolments);
  say(`sealed anew by the one ${await resealedBy(first)}, by the other ${await resealedBy(second)}`);
}, 900_000);

test('the old key may go then', async () => {
  const api = await start('api', fresh);
  const ready = async () => (await fetch(`${api.opsUrl}/readyz`)).json();
  await expect.poll(ready, { timeout: 10_000 }).toMatchObject({ checks: { mongodb: 'ok', seals: 'ok' } });
  // The code of a step works once: the phones are a little fast now.
  expect(await getIn(phones.slice(0, 100), [api], 30)).toEqual([]);
});
