import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dumpEverything, findSecrets } from '../../support/dump.ts';
import { startService } from '../../support/processes.ts';
import { startSystem, type System } from '../../support/system.ts';
import { phoneOf, untilStepHasRoom, wrongTotpCode, type Phone } from '../../support/totp.ts';

/** `TOTP_ENROLMENTS=500 npm test -- totp-leak` is the whole of it. */
const enrolments = Number(process.env['TOTP_ENROLMENTS'] ?? 150);
const atOnce = 10;

let system: System;
let dir: string;
const secrets: string[] = [];
const phones: Phone[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-totp-leak-'));
  system = await startSystem({ apis: 2, workers: 0, sweepers: 1 });
});
afterAll(async () => {
  await system?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** One visitor who enrols, mistypes, gets in and recovers, and what must not be found anywhere afterwards. */
async function journey(index: number): Promise<string[]> {
  const visitor = system.visitor(index % 2);
  const label = `label ${randomBytes(6).toString('hex')}`;
  const { body } = await visitor.post('/v1/totp', { label });
  const [secret, uri] = [String(body['secret']), String(body['uri'])];
  const phone = phoneOf({ id: String(body['id']), uri, secret }, { algorithm: 'SHA1', digits: 6 });
  const path = `/v1/totp/${phone.id}`;
  await visitor.post(`${path}/confirm`, { code: wrongTotpCode(phone, new Date()) });
  const confirmed = await visitor.post(`${path}/confirm`, { code: phone.code(new Date()) });
  expect(confirmed.status).toBe(200);
  const recoveryCodes = confirmed.body['recoveryCodes'] as string[];
  await visitor.post(`${path}/recover`, { recoveryCode: recoveryCodes[0] });
  await visitor.post(`${path}/recover`, { recoveryCode: `${recoveryCodes[1]}X` });
  const token = String(confirmed.body['accessToken']);
  if (index % 10 === 0) await visitor.delete(path, { authorization: `Bearer ${token}` });
  else phones.push(phone);

  const bytes = Buffer.from(phone.key.secret);
  const written = [secret, secret.replaceAll(' ', ''), bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')];
  return [...written, uri, label, encodeURIComponent(label), token, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))];
}

test(`after ${enrolments} enrolments no secret, URI, recovery code or label can be read in any store, file, log or metric`, async () => {
  for (let started = 0; started < enrolments; started += atOnce) {
    await untilStepHasRoom();
    const batch = Array.from({ length: atOnce }, (_, index) => journey(started + index));
    secrets.push(...(await Promise.all(batch)).flat());
  }
  const pages: Record<string, string> = {};
  for (const { opsUrl } of [...system.apis, ...system.sweepers]) {
    for (const path of ['metrics', 'readyz']) pages[`${path}-${new URL(opsUrl).port}`] = await (await fetch(`${opsUrl}/${path}`)).text();
  }
  const folders = await dumpEverything(system, pages, join(dir, 'dump'));
  expect(await findSecrets(folders, secrets, join(dir, 'dump'))).toEqual([]);
  const kept = await system.mongo.collection('enrolments').find().toArray();
  expect(kept).toHaveLength(enrolments);
}, 180_000);

test('a secret, a URI, a label and a recovery code in a document or a log would have been seen', async () => {
  const [, secret = '', hex = '', , , uri = '', label = ''] = secrets;
  const recoveryCode = secrets[9] ?? '';
  await system.mongo.collection('planted').insertOne({ secret, hex, label, uri });
  await system.redis.set('{daypass}:planted', recoveryCode);
  const folders = await dumpEverything(system, { planted: recoveryCode }, join(dir, 'planted'));
  const found = (await findSecrets(folders, [secret, hex, uri, label, recoveryCode], join(dir, 'planted'))).join('\n');
  for (const each of [secret, hex, uri, label, recoveryCode]) expect(found).toContain(each);
}, 60_000);

test('with wrong DAYPASS_SECRETS nothing opens: readiness says so, codes are refused as unavailable, and the process lives', async () => {
  const wrong = await startService('api', { ...system.env, DAYPASS_SECRETS: makeSecrets(new Date(), randomBytes).DAYPASS_SECRETS });
  try {
    const ready = async () => {
      const answer = await fetch(`${wrong.opsUrl}/readyz`);
      return { code: answer.status, ...((await answer.json()) as object) };
    };
    const seals = expect.stringMatching(/^DAYPASS_SECRETS does not open what is sealed under k\d+$/);
    // Not 503: emailed codes still work with it.
    await expect.poll(ready, { timeout: 10_000 }).toMatchObject({ code: 200, status: 'degraded', checks: { mongodb: 'ok', seals } });

    await untilStepHasRoom();
    const [phone] = phones;
    const body = JSON.stringify({ code: phone?.code(new Date(Date.now() + 30_000)) });
    const answer = await fetch(`${wrong.url}/v1/totp/${phone?.id}/verify`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await fetch(`${wrong.opsUrl}/livez`)).status).toBe(200);
    expect(wrong.output.join('\n')).toContain('sealed under a key that does not open it');

    // Nothing was counted, and with the right keys it opens.
    const right = await system.visitor().post(`/v1/totp/${phone?.id}/verify`, JSON.parse(body));
    expect(right.status).toBe(200);
    expect(await (await fetch(`${system.apis[0]?.opsUrl}/readyz`)).json()).toMatchObject({ status: 'ready', checks: { seals: 'ok' } });
  } finally {
    await wrong.stop();
  }
}, 60_000);
