// Every route, from its description in the reference, with what is genuine and what it does not expect. `npm run attack`
// tries ten times as much as `npm test`.
import { randomBytes } from 'node:crypto';
import { credentialOf } from '@daypass/core/sites/credential';
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import { until } from '@daypass/tools/testing/until';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anything, findFault, findFaults, runs } from '../support/fuzz.ts';
import { createGenuine, type Held } from '../support/genuine.ts';
import { nearlyRightAt, rightAt, routesOf, type Attempt, type Known, type Paths, type Route } from '../support/near-route.ts';
import { startService, untilReached, type ServiceProcess } from '../support/processes.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Answer } from '../support/visitor.ts';

/** In all that is sent and that no log may hold. */
const mark = `zq${randomBytes(6).toString('hex')}`;
const backendSecret = randomBytes(32).toString('base64url');
const sites = [
  { id: 'default', name: 'The Blog', totp: { anonymous: true }, limits: { addressPauseSeconds: 1 }, credentials: [credentialOf(backendSecret)] },
  { id: 'careful', name: 'The Vault', proofOfWork: 'always' },
];
/** What each route answers when it is asked as it should be, about what is genuine. Nothing behind a 404 is tried by an id of nobody. */
const reached: Record<string, number[]> = {
  'POST /v1/codes': [202],
  'GET /v1/codes/{id}': [200],
  'GET /v1/codes/{id}/events': [200],
  'POST /v1/codes/{id}/resend': [202, 409],
  'POST /v1/codes/{id}/verify': [409, 422],
  'POST /v1/codes/verify': [422],
  'POST /v1/totp': [201],
  'POST /v1/totp/{id}/confirm': [404, 422],
  'POST /v1/totp/{id}/verify': [404, 422],
  'POST /v1/totp/{id}/recover': [404, 422],
  'POST /v1/totp/{id}/recovery-codes': [200, 401],
  'DELETE /v1/totp/{id}': [204, 401],
  'GET /v1/pass': [200],
  'DELETE /v1/pass': [204],
  'DELETE /v1/passes': [204],
  // It asks for what a proxy says: fuzz-hidden.test.ts says it.
  'GET /v1/forward-auth': [400],
  'GET /.well-known/jwks.json': [200],
};

let file: SitesFile;
let system: System;
let laterWorker: ServiceProcess | undefined;
let routes: Route[];
/** What each route is asked about. */
const held = new Map<Route, Held[]>();
let known: Known;
let secrets: string[];
beforeAll(async () => {
  file = await createSitesFile(sitesText(sites));
  system = await startSystem({ sweepers: 1, env: { DAYPASS_SITES: file.path } });
  const genuine = createGenuine(system, { format: { algorithm: 'SHA1', digits: 6 }, thatWantsWork: 'careful' });
  secrets = genuine.secrets;
  const { body } = await system.visitor().get('/openapi.json');
  routes = routesOf(body['paths'] as Paths);
  const makersFor = (path: string) => {
    if (path.startsWith('/v1/totp/')) return [genuine.enrolled, genuine.confirmed, genuine.confirmed];
    if (path.startsWith('/v1/codes/{id}')) return [genuine.sent, genuine.sent, genuine.used];
    return path === '/v1/codes' ? [genuine.sent] : [genuine.used];
  };
  await Promise.all(routes.map(async (route) => held.set(route, await Promise.all<Held>(makersFor(route.path).map((make) => make())))));
  const credentials = `Basic ${Buffer.from(`default:${backendSecret}`).toString('base64')}`;
  known = { ...(await genuine.used()), solved: await genuine.solved(), credentials, origin: 'http://localhost:3000' };
  secrets.push(mark, backendSecret);

  // Who asks from now on waits in the queue.
  await system.workers[0]?.stop();
  const ofCodes = [...held].filter(([{ path }]) => path.startsWith('/v1/codes/{id}')).map(([, own]) => own);
  for (const own of ofCodes) own.push(await genuine.queued(), await genuine.queued());
  const resendIn = async ({ id }: Held) => (await system.visitor().get(`/v1/codes/${id}`)).body['resendIn'];
  for (const one of ofCodes.flat()) await until('its mail may be asked for again', async () => (await resendIn(one)) === 0);
}, 180_000);
afterAll(async () => {
  await laterWorker?.stop();
  await system?.stop();
  await file?.remove();
});

const faultOf = ({ path, init }: Attempt, seen?: (status: number) => void) => findFault(`${system.apis[0]?.url}${path}`, init, seen);

test('no route makes a 500, hangs, or tells of its inside, whatever its members, parts of the path and headers hold, and whatever it is asked about', async () => {
  const faults: string[] = [];
  const answers: Record<string, number[]> = {};
  for (const [route, own] of held) {
    const seen = new Set<number>();
    const right = own.map((one) => rightAt(route, one, mark));
    faults.push(...(await findFaults(right.map((attempt) => () => faultOf(attempt, (status) => void seen.add(status))))));
    answers[`${route.method} ${route.path}`] = [...seen].toSorted((a, b) => a - b);
    const attempts = fc.sample(nearlyRightAt(route, own, known, mark), runs);
    faults.push(...(await findFaults(attempts.map((attempt) => () => faultOf(attempt)))));
  }
  expect(faults).toEqual([]);
  expect(answers).toEqual(reached);
}, 600_000);

test('nor does a body that is not what it says it is', async () => {
  const deep = '['.repeat(4_000);
  const bodies: (string | Uint8Array<ArrayBuffer>)[] = [
    deep,
    `${'{"a":'.repeat(1_500)}1${'}'.repeat(1_500)}`,
    '\ufeff{"email":"a@example.com"}',
    '{"email":"a@example.com","email":{"$gt":""}}',
    '{"email":"\\ud800@example.com"}',
    '{"email":1e999}',
    'null',
    '""',
    '0',
    new Uint8Array([0xff, 0xfe, 0x7b, 0x00]),
    new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
    new Uint8Array(8_192),
  ];
  const posts = [...held].filter(([{ method }]) => method === 'POST');
  const attempts = posts.flatMap(([route, own]) => own.flatMap((one) => bodies.map((body) => ({ path: rightAt(route, one, mark).path, init: { method: 'POST', body } }))));
  expect(await findFaults(attempts.map((attempt) => () => faultOf(attempt)))).toEqual([]);
}, 120_000);

test('a body that names a prototype is refused, and whoever comes after is answered as before', async () => {
  const before = await plainAnswers();
  expect(before.map(({ status }) => status)).toEqual([202, 400, 422, 201, 200, 200]);
  // Each of them would change what is read of a body that does not have it, or what such a body may have.
  const poison = JSON.stringify({ polluted: true, site: 'careful', session: 'cookie', locale: '!', label: 'x', client: { address: '192.0.2.1' } });
  const members = [`"__proto__":${poison}`, `"\\u005f_proto__":${poison}`, `"constructor":{"prototype":${poison}}`, `"client":{"__proto__":${poison}}`];
  const posts = [...held].filter(([{ method }]) => method === 'POST');
  for (const [route, [one]] of posts) {
    if (!one) throw new Error('nothing to ask about');
    const { path, init } = rightAt(route, one, mark);
    for (const member of members) {
      const rest = String(init.body ?? '{}').slice(1);
      const answer = await system.visitor().post(path, `{${member}${rest === '}' ? '' : ','}${rest}`, init.headers);
      expect(answer.status, `${path} ${member}`).toBe(400);
      await faultOf({ path: `${path}?__proto__[polluted]=1&constructor[prototype][polluted]=1`, init });
    }
  }
  expect(await plainAnswers()).toEqual(before);
}, 120_000);

/** How requests are answered that are what they should be: all of it but what is random, and times. */
async function plainAnswers() {
  const visitor = system.visitor();
  const asked = await visitor.post('/v1/codes', { email: visitor.email });
  const told = ({ status, headers, body }: Answer) => ({
    status,
    headers: [...headers.keys()],
    body: Object.fromEntries(Object.entries(body).map(([name, value]) => [name, /^(id|secret|uri|qr|expiresIn)$/.test(name) ? typeof value : value])),
  });
  const answers = [
    asked,
    await visitor.post('/v1/codes', {}),
    await visitor.verify(String(asked.body['id']), '7Q4M-Z0XK'),
    await visitor.post('/v1/totp', {}),
    await visitor.get(`/v1/codes/${String(asked.body['id'])}`),
    await visitor.get('/openapi.json'),
  ];
  return answers.map(told);
}

describe('jobs that somebody put into Redis', () => {
  beforeAll(async () => {
    laterWorker = await untilReached(await startService('mailer-worker', system.env));
  });

  test('of any shape are failed or finished, mail nothing, and the worker goes on', async () => {
    const redis = new Redis(system.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
    const producer = createProducer(codeIssue, redis);
    const left = async () => (await producer.queue.getWaitingCount()) + (await producer.queue.getActiveCount());
    // What the tests before have ordered is not these.
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    const before = system.catcher.mails().length;

    const visitor = system.visitor();
    const id = await visitor.ask();
    const code = await visitor.code();
    const genuine = codeIssue.parse((await producer.queue.getJob(`${id}.1`))?.data);
    if (!genuine) throw new Error('no job');
    const shapes = fc.sample(fc.oneof(fc.jsonValue(), fc.record(mapOf({ ...genuine }), { requiredKeys: [] }), fc.record(mapOf({ ...genuine }))), runs);
    for (const [index, data] of shapes.entries()) await producer.queue.add(codeIssue.name, data, { jobId: `fuzz-${index}` });
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    expect(system.catcher.mails().length).toBe(before + 1);

    expect((await visitor.verify(id, code)).status).toBe(200);
    const next = system.visitor();
    expect((await next.verify(await next.ask(), await next.code())).status).toBe(200);
    await producer.close();
    redis.disconnect();
  }, 120_000);

  function mapOf(genuine: object): Record<string, fc.Arbitrary<unknown>> {
    return Object.fromEntries(Object.entries(genuine).map(([name, value]) => [name, fc.oneof({ weight: 4, arbitrary: fc.constant(value as unknown) }, anything)]));
  }
});

test('none of it was a fault of ours, and no log at any level holds a secret of it', () => {
  const processes = [...system.apis, ...system.workers, ...system.sweepers, ...(laterWorker ? [laterWorker] : [])];
  const lines = processes.flatMap(({ output }) => output);
  expect(lines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  // The routes did say something.
  for (const path of ['/v1/codes/:id/verify', '/v1/totp/:id/recover']) expect(lines.some((line) => line.includes(`"route":"${path}"`))).toBe(true);
  const wanted = [...new Set(secrets.map((secret) => secret.toLowerCase()))];
  expect(wanted.length).toBeGreaterThan(100);
  expect(lines.filter((line) => wanted.some((secret) => line.toLowerCase().includes(secret)))).toEqual([]);
});
