import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dumpEverything, findSecrets } from '../support/dump.ts';
import { sharedStores } from '../support/stores.ts';
import { opsUser, startSystem, type System } from '../support/system.ts';

const journeys = 300;
const atOnce = 10;

let system: System;
let dir: string;
const secrets: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-leak-'));
  system = await startSystem({ apis: 2, workers: 2, sweepers: 1 });
});
afterAll(async () => {
  await system?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** One visitor, who mistypes once, and what must not be found anywhere afterwards. */
async function journey(index: number): Promise<string[]> {
  const visitor = system.visitor(index % 2);
  const key = randomUUID();
  const asked = await visitor.post('/v1/codes', { email: visitor.email }, { 'idempotency-key': key });
  const id = String(asked.body['id']);
  const code = await visitor.code();
  await visitor.verify(id, 'AAAA-AAAA');
  const granted = index % 3 === 0 ? await visitor.post('/v1/codes/verify', { email: visitor.email, code }) : await visitor.verify(id, code);
  expect(granted.status).toBe(200);
  const token = String(granted.body['accessToken']);
  await visitor.get('/v1/pass', { authorization: `Bearer ${token}` });
  // Some leave their code unused, and some address is wrong: that is where errors would quote it.
  await system.visitor().post('/v1/codes', { email: `${visitor.email} x` });
  return [visitor.email, visitor.email.split('@')[0] ?? '', key, code, code.replace('-', ''), token, token.split('.')[2] ?? ''];
}

/** What an operator's browser and metrics collector get to see. */
async function operatorPages(): Promise<Record<string, string>> {
  const authorization = `Basic ${Buffer.from(`${opsUser.name}:${opsUser.secret}`).toString('base64')}`;
  const pages: Record<string, string> = {};
  for (const { opsUrl } of [...system.apis, ...system.workers, ...system.sweepers]) {
    for (const path of ['metrics', 'readyz']) {
      pages[`${path}-${new URL(opsUrl).port}`] = await (await fetch(`${opsUrl}/${path}`)).text();
    }
  }
  const board = `${system.apis[0]?.opsUrl}/queues/api/queues?activeQueue=code-issue&status=latest&page=1&jobsPerPage=200`;
  const response = await fetch(board, { headers: { authorization } });
  pages['board'] = await response.text();
  expect(pages['board']).toContain('"envelope":"sealed"');
  return pages;
}

test(`after ${journeys} journeys no address, code or token can be read in any store, file, log, metric or dashboard`, async () => {
  for (let started = 0; started < journeys; started += atOnce) {
    const batch = Array.from({ length: atOnce }, (_, index) => journey(started + index));
    secrets.push(...(await Promise.all(batch)).flat());
  }
  const folders = await dumpEverything(system, await operatorPages(), join(dir, 'dump'));
  expect(await findSecrets(folders, secrets, join(dir, 'dump'))).toEqual([]);
}, 180_000);

test('an address in Redis, a code in MongoDB, a token in a page and a code in a file would have been seen', async () => {
  const [email = '', , code = '', , token = ''] = secrets;
  await system.redis.hset('{daypass}:planted', 'address', email);
  await system.mongo.collection('planted').insertOne({ code });
  const pages = { board: Buffer.from(`x${token}`).toString('base64') };
  // Stands for a file of a store: those of the user's own stores cannot be looked at.
  const binary = Buffer.concat([Buffer.from([0, 255]), Buffer.from(code)]);
  const { redisDir = join(dir, 'planted-dump') } = sharedStores();

  const folders = await dumpEverything(system, pages, join(dir, 'planted-dump'));
  await writeFile(join(redisDir, 'planted'), binary);
  const found = (await findSecrets(folders, [email, code, token], join(dir, 'planted-dump'))).join('\n');
  expect(found).toContain(`redis-keys:${email}`);
  expect(found).toContain(`mongodb-documents:${code}`);
  expect(found).toContain('page-board:');
  expect(found).toContain(`planted:${code}`);
});
