import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '@daypass/tools/ports/free-port';
import { startLeashedProcess } from '@daypass/tools/processes/leashed-process';
import { repoDir } from '@daypass/tools/repo';
import { until } from '@daypass/tools/testing/until';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, untilReached } from '../support/processes.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { opsUser, startSystem, type System } from '../support/system.ts';

const queue = '{daypass}:code-issue';
let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

const opsUrl = () => system.apis[0]?.opsUrl ?? '';
const signedIn = { authorization: `Basic ${Buffer.from(`${opsUser.name}:${opsUser.secret}`).toString('base64')}` };

/** The jobs that the dashboard's page shows under a state. */
async function shown(status: 'completed' | 'delayed' | 'failed'): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${opsUrl()}/queues/api/queues?activeQueue=code-issue&status=${status}&page=1`, { headers: signedIn });
  const { queues } = (await response.json()) as { queues: { jobs: Record<string, unknown>[] }[] };
  return queues[0]?.jobs ?? [];
}

test('is behind a sign-in, every part of it', async () => {
  const wrong = { authorization: `Basic ${Buffer.from('ops:guess').toString('base64')}` };
  for (const path of ['/queues', '/queues/api/queues', '/queues/static/js/main.js', '/queues/../queues/api/queues']) {
    for (const headers of [{}, wrong, { authorization: 'Basic' }, { authorization: 'Bearer x' }]) {
      expect((await fetch(opsUrl() + path, { headers })).status).toBe(401);
    }
  }
  expect((await fetch(`${opsUrl()}/queues`, { headers: signedIn })).status).toBe(200);
});

test('loads nothing from anywhere else', async () => {
  const page = await (await fetch(`${opsUrl()}/queues`, { headers: signedIn })).text();
  expect(page).toMatch(/<script [^>]*src="static\//);
  expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
});

test('shows jobs without what is sealed, and lets nobody change them', async () => {
  const visitor = system.visitor();
  const id = await visitor.ask();
  await visitor.mail();
  await expect.poll(() => shown('completed')).toContainEqual(
    expect.objectContaining({
      id: `${id}.1`,
      name: 'default · mail 1',
      attempts: 1,
      timestamp: expect.closeTo(Date.now(), -5),
      data: { v: 1, id, site: 'default', send: 1, envelope: 'sealed' },
    }),
  );
  const { envelope } = JSON.parse((await system.redis.hget(`${queue}:${id}.1`, 'data')) ?? '') as { envelope: string };
  expect(JSON.stringify(await shown('completed'))).not.toContain(envelope);

  for (const change of [`${id}.1/retry/completed`, `${id}.1/clean`, 'empty', 'pause', 'clean/completed']) {
    const response = await fetch(`${opsUrl()}/queues/api/queues/code-issue/${change}`, { method: 'PUT', headers: signedIn });
    expect([404, 405]).toContain(response.status);
  }
  expect(await system.redis.exists(`{daypass}:code-issue:${id}.1`)).toBe(1);
  expect(await system.redis.hexists('{daypass}:code-issue:meta', 'paused')).toBe(0);
});

/** An API whose log says nothing but what it must: not even that it listens. */
async function startSilentApi(env: NodeJS.ProcessEnv) {
  const output: string[] = [];
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = startLeashedProcess({
    command: process.execPath,
    args: [join(repoDir, 'services/api/src/main.ts')],
    env: { PATH: process.env['PATH'], ...env, LOG_LEVEL: 'silent', OPS_PORT: new URL(url).port },
    onLine: (line) => output.push(line),
  });
  await until('it has reached its stores', () => fetch(`${url}/readyz`).then(({ ok }) => ok, () => false), 45_000);
  return { ...child, opsUrl: url, output };
}

test('lets a signed-in operator retry a failed job with OPS_WRITE=1, and only that, and says in any log who asked and what was answered', async () => {
  await Promise.all(system.workers.map((worker) => worker.stop()));
  const visitor = system.visitor();
  const id = await visitor.ask();
  const job = `${id}.1`;
  const [api, worker] = await Promise.all([
    startSilentApi({ ...system.env, OPS_WRITE: '1' }),
    // Keys of another deployment: to this worker the job is forged.
    startService('mailer-worker', { ...system.env, DAYPASS_INDEX_KEY: randomBytes(32).toString('base64url') }),
  ]);
  await expect.poll(() => system.redis.zscore(`${queue}:failed`, job), { timeout: 10_000 }).not.toBeNull();
  await worker.stop();
  system.workers = [await startService('mailer-worker', system.env)];

  const change = (path: string, headers: Record<string, string>, method = 'PUT') =>
    fetch(`${api.opsUrl}/queues/api/queues/code-issue/${path}`, { method, headers });
  const offered = await (await fetch(`${api.opsUrl}/queues/api/queues`, { headers: signedIn })).json();
  expect(offered).toMatchObject({ queues: [{ allowRetries: true, allowCompletedRetries: false }] });
  expect((await change(`${job}/retry`, {})).status).toBe(401);
  expect((await change(`${job}/clean`, signedIn)).status).toBe(405);
  expect((await change('obliterate', signedIn)).status).toBe(405);
  expect((await change('add', signedIn, 'POST')).status).toBe(405);
  expect((await change(`${job}/retry`, signedIn)).status).toBe(204);
  expect((await visitor.mail()).messageId).toContain(`<${id}.1.`);

  const done = () => system.redis.zscore(`${queue}:completed`, job);
  await expect.poll(done).not.toBeNull();
  const doneAt = await done();
  expect((await change(`${job}/retry`, signedIn)).status).toBe(409);
  expect((await change('nobody-made-this.1/retry', signedIn)).status).toBe(409);
  expect(await done()).toBe(doneAt);
  await api.stop();
  const said = { audit: true, operator: 'ops', action: 'retry' };
  expect(api.output.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ ...said, job, status: 204 }),
    expect.objectContaining({ ...said, job, status: 409 }),
    expect.objectContaining({ ...said, job: 'nobody-made-this.1', status: 409 }),
  ]);
});

test('is not there without users', async () => {
  const api = await startService('api', { ...system.env, OPS_USERS: '' });
  expect((await fetch(`${api.opsUrl}/queues`)).status).toBe(404);
  await api.stop();
});

test('says of a mail that waits how often it was put off and why, of one that was given up why, and shows each where it belongs', async () => {
  await Promise.all(system.workers.map((worker) => worker.stop()));
  const smtp = await startScriptedSmtp((_moment, address) =>
    address.startsWith('gone.') ? { code: 550, text: `${address} is unknown` } : { code: 451, text: `come back later, ${address}` },
  );
  // One that has not reached its stores yet has tried once more than the mail server was asked.
  const worker = await untilReached(await startService('mailer-worker', { ...system.env, SMTP_URL: smtp.url }));
  const ask = async (name: string) => {
    const visitor = system.visitor();
    const asked = await visitor.post('/v1/codes', { email: `${name}.${visitor.email}` });
    return `${String(asked.body['id'])}.1`;
  };
  const gone = await ask('gone');
  const givenUp = { id: gone, name: 'default · mail 1', attempts: 1, failedReason: 'smtp_550', stacktrace: [], isFailed: true };
  await expect.poll(() => shown('failed'), { timeout: 10_000 }).toContainEqual(expect.objectContaining(givenUp));
  const grey = await ask('grey');
  const waits = { id: grey, name: 'default · mail 1 · put off once: smtp_451', progress: { deferred: 1, troubled: 0, reason: 'smtp_451' } };
  await expect.poll(() => shown('delayed'), { timeout: 10_000 }).toEqual([expect.objectContaining(waits)]);
  expect((await shown('failed')).map(({ id }) => id)).not.toContain(grey);
  await worker.stop();
  await smtp.stop();
});

test('what somebody wrote into a job by hand is not shown', async () => {
  const [failed] = await shown('failed');
  const key = `${queue}:${String(failed?.['id'])}`;
  await system.redis.hset(key, {
    data: JSON.stringify({ email: 'ada@example.com' }),
    failedReason: '550 <ada@example.com> unknown',
    stacktrace: JSON.stringify(['Error: ada@example.com']),
    progress: JSON.stringify({ deferred: 'ada@example.com', reason: '<ada@example.com>' }),
    returnvalue: JSON.stringify('ada@example.com'),
  });
  const rewritten = (await shown('failed')).find(({ id }) => id === failed?.['id']);
  expect(rewritten).toMatchObject({ name: 'malformed', data: 'malformed', failedReason: 'unreadable', stacktrace: [] });
  const page = await fetch(`${opsUrl()}/queues/api/queues/code-issue/${String(failed?.['id'])}`, { headers: signedIn });
  for (const text of [JSON.stringify(rewritten), await page.text()]) expect(text).not.toContain('ada@');
  expect(page.status).toBe(200);
});
