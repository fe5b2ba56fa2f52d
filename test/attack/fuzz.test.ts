// Every route, from its description in the reference, with what it does not expect. `npm run attack` tries ten times as
// much as `npm test`.
import { codeIssue } from '@daypass/jobs/code-issue';
import { createProducer } from '@daypass/jobs/producer';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anything, findFault, findFaults, header, runs, urlPart, type Sent } from '../support/fuzz.ts';
import { startSystem, type System } from '../support/system.ts';

let system: System;
let routes: Route[];
beforeAll(async () => {
  system = await startSystem({ apis: 1, sweepers: 1, env: { LOG_LEVEL: 'info' } });
  const { body } = await system.visitor().get('/openapi.json');
  routes = routesOf(body['paths'] as Paths);
});
afterAll(() => system?.stop());

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
}
interface Route {
  method: string;
  path: string;
  /** The members of its body. */
  members: string[];
}
type Paths = Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>;

function routesOf(paths: Paths): Route[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      members: Object.keys(requestBody?.content['application/json']?.schema.properties ?? {}),
    })),
  );
}

const faultOf = (path: string, init: Sent) => findFault(`${system.apis[0]?.url}${path}`, init);

test('no route makes a 500, hangs, or tells of its inside, whatever its members, parts of the path and headers hold', async () => {
  const faults: string[] = [];
  for (const { method, path, members } of routes) {
    const body = fc.oneof(
      fc.dictionary(members.length > 0 ? fc.constantFrom(...members) : fc.string(), anything),
      fc.dictionary(fc.oneof(fc.constantFrom(...members, '__proto__', 'constructor'), fc.string()), anything),
      anything,
    );
    const cases = fc.sample(fc.record({ body, part: urlPart, query: anything, header }), runs);
    const attempts = cases.map(({ body: sent, part, query, header: headers }) => () => {
      const filled = path.replace(/\{\w+\}/g, () => part) + (typeof query === 'string' ? `?site=${encodeURIComponent(query.toWellFormed())}` : '');
      return faultOf(filled, { method, headers, ...(method !== 'GET' && { body: JSON.stringify(sent) ?? '' }) });
    });
    faults.push(...(await findFaults(attempts)));
  }
  expect(faults).toEqual([]);
  expect(routes.length).toBeGreaterThan(12);
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
    '{"__proto__":{"polluted":true},"email":"a@example.com"}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    'null',
    '""',
    '0',
    new Uint8Array([0xff, 0xfe, 0x7b, 0x00]),
    new Uint8Array([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]),
    new Uint8Array(8_192),
  ];
  const posts = routes.filter(({ method }) => method === 'POST');
  const attempts = posts.flatMap(({ path }) => bodies.map((body) => () => faultOf(path.replace(/\{\w+\}/g, 'A'.repeat(52)), { method: 'POST', body })));
  expect(await findFaults(attempts)).toEqual([]);
}, 120_000);

describe('jobs that somebody put into Redis', () => {
  test('of any shape are failed or finished, mail nothing, and the worker goes on', async () => {
    const redis = new Redis(system.env['REDIS_URL'] ?? '', { maxRetriesPerRequest: null });
    const producer = createProducer(codeIssue, redis, { onError: () => undefined });
    const genuine = { v: 1, id: 'A'.repeat(52), site: 'default', envelope: 'AQJrMaZXmJ', send: 1 };
    const shapes = fc.sample(fc.oneof(fc.jsonValue(), fc.record(mapOf(genuine), { requiredKeys: [] })), runs);
    const left = async () => (await producer.queue.getWaitingCount()) + (await producer.queue.getActiveCount());
    // What the tests before have ordered is not these.
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    const before = system.catcher.mails().length;
    for (const [index, data] of shapes.entries()) await producer.queue.add(codeIssue.name, data, { jobId: `fuzz-${index}` });
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    expect(system.catcher.mails().length).toBe(before);

    const visitor = system.visitor();
    const id = await visitor.ask();
    expect((await visitor.verify(id, await visitor.code())).status).toBe(200);
    await producer.close();
    redis.disconnect();
  }, 120_000);

  function mapOf(genuine: object): Record<string, fc.Arbitrary<unknown>> {
    return Object.fromEntries(Object.entries(genuine).map(([name, value]) => [name, fc.oneof(fc.constant(value as unknown), anything)]));
  }
});
