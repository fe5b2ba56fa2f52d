import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSharedMarks } from '@daypass/runtime/shared-marks';
import { startRedis } from '@daypass/tools/stores/redis-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearerOf, cookiesOf, getIn } from '../support/get-in.ts';
import { startSystem, type System } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ apis: 2 });
});
afterAll(() => system?.stop());

const origin = 'http://localhost:3000';
const pass = (answer: { status: number; body: Record<string, unknown> }) => ({ status: answer.status, code: answer.body['code'] });
const invalid = { status: 401, code: 'pass_invalid' };

describe('a pass that is taken back', () => {
  test('is over at once where it was taken back, and within a second at another process that had just seen it', async () => {
    const [here, there] = [system.visitor(0), system.visitor(1)];
    const bearer = await bearerOf(here);
    expect((await there.get('/v1/pass', bearer)).status).toBe(200);
    expect((await here.delete('/v1/pass', bearer)).status).toBe(204);
    expect(pass(await here.get('/v1/pass', bearer))).toEqual(invalid);
    await pause(1_000);
    expect(pass(await there.get('/v1/pass', bearer))).toEqual(invalid);
    expect(pass(await here.delete('/v1/pass', bearer))).toEqual(invalid);
  });

  test('with all others of its visitor: each is over within a second at every process, and enrols no app any more', async () => {
    const [here, there] = [system.visitor(0), system.visitor(1)];
    const first = await bearerOf(here);
    await system.redis.del(await system.redis.keys('{daypass}:limit:*'));
    system.catcher.clear();
    const second = await bearerOf(here);
    const other = await bearerOf(there);
    expect((await here.delete('/v1/passes', first)).status).toBe(204);
    await pause(1_000);
    for (const api of [here, there]) {
      expect(pass(await api.get('/v1/pass', first))).toEqual(invalid);
      expect(pass(await api.get('/v1/pass', second))).toEqual(invalid);
      expect((await api.get('/v1/pass', other)).status).toBe(200);
    }
    expect(pass(await here.post('/v1/totp', {}, second))).toEqual(invalid);
    expect(pass(await here.delete('/v1/totp/x', second))).toEqual(invalid);
  });

  test('is remembered no longer than it would have lasted, and by digest alone', async () => {
    await system.redis.flushdb();
    const granted = await getIn(system.visitor());
    const token = String(granted.body['accessToken']);
    await system.visitor().delete('/v1/pass', { authorization: `Bearer ${token}` });
    const keys = await system.redis.keys('{daypass}:revoked:*');
    expect(keys).toHaveLength(1);
    const endsInMs = await system.redis.pttl(keys[0] ?? '');
    expect(endsInMs).toBeGreaterThan(890_000);
    expect(endsInMs).toBeLessThanOrEqual(901_000);
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
    expect(keys[0]).not.toContain(jti);
  });
});

describe('a pass in a cookie', () => {
  test('is taken back by a page of its site, and the cookie goes with it', async () => {
    const visitor = system.visitor();
    const cookie = cookiesOf(await getIn(visitor, { session: 'cookie' }, { origin }));
    const ended = await visitor.delete('/v1/pass', { cookie, origin, 'sec-fetch-site': 'same-origin' });
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toMatch(/^daypass=; Max-Age=0; Path=\/; .*HttpOnly/);
    expect(pass(await visitor.get('/v1/pass', { cookie }))).toEqual(invalid);
  });

  test('does nothing for a page of somebody else, whichever way it says whose it is', async () => {
    const visitor = system.visitor();
    const cookie = cookiesOf(await getIn(visitor, { session: 'cookie' }, { origin }));
    const asked: Record<string, string>[] = [{}, { origin: 'null' }, { origin: 'https://evil.example' }, { origin, 'sec-fetch-site': 'cross-site' }];
    for (const headers of asked) {
      for (const path of ['/v1/pass', '/v1/passes']) {
        expect(pass(await visitor.delete(path, { cookie, ...headers }))).toEqual({ status: 403, code: 'origin_refused' });
      }
    }
    expect((await visitor.get('/v1/pass', { cookie })).status).toBe(200);
  });
});

test('with Redis away a pass is neither let through nor taken back: 503, and it is asked again when Redis is back', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-revocation-'));
  let redis = await startRedis({ dataDir: dir });
  const own = await startSystem({ redisUrl: redis.url });
  try {
    const visitor = own.visitor();
    const bearer = await bearerOf(visitor);
    expect((await visitor.get('/v1/pass', bearer)).status).toBe(200);
    await redis.kill();
    await expect.poll(async () => (await visitor.get('/v1/pass', bearer)).status).toBe(503);
    expect((await visitor.delete('/v1/pass', bearer)).status).toBe(503);
    expect((await visitor.delete('/v1/passes', bearer)).status).toBe(503);
    const asked = { ...bearer, 'x-original-url': 'http://localhost:8080/' };
    expect((await visitor.get('/v1/forward-auth?site=default', asked)).status).toBe(503);
    expect((await visitor.get('/oauth2/userinfo', bearer)).body).toMatchObject({ error: 'temporarily_unavailable' });
    const page = await visitor.get('/login', { cookie: `daypass=${bearer.authorization.slice(7)}` });
    expect(page.status).toBe(503);
    expect(page.text).toContain('We cannot let anybody in right now');
    redis = await startRedis({ dataDir: dir, port: redis.port });
    await expect.poll(async () => (await visitor.get('/v1/pass', bearer)).status, { timeout: 15_000 }).toBe(200);
  } finally {
    await own.stop();
    await redis.stop();
    await rm(dir, { recursive: true, force: true });
  }
});

describe('marks that processes share', () => {
  test('a mark is read from memory for less than a second, and once for everybody who asks at the same time', async () => {
    let nowMs = 0;
    const counted = { asked: 0 };
    const redis = system.redis.duplicate();
    const { mget } = redis;
    redis.mget = ((names: string[]) => {
      counted.asked += 1;
      return mget.call(redis, names);
    }) as typeof mget;
    const marks = createSharedMarks(redis, () => nowMs);
    const elsewhere = createSharedMarks(system.redis);
    await Promise.all([marks.read(['visitor:a', 'pass:b']), marks.read(['visitor:a', 'pass:b'])]);
    expect(counted.asked).toBe(1);
    await elsewhere.put('visitor:a', 5, 60_000);
    nowMs = 899;
    expect(await marks.read(['visitor:a'])).toEqual([undefined]);
    nowMs = 900;
    expect(await marks.read(['visitor:a'])).toEqual([5]);
    redis.disconnect();
  });

  test('a mark never goes back: neither what it says nor when it ends', async () => {
    const marks = createSharedMarks(system.redis);
    await marks.put('visitor:c', 10, 60_000);
    await marks.put('visitor:c', 7, 1_000);
    expect(await marks.read(['visitor:c'])).toEqual([10]);
    expect(await system.redis.pttl('{daypass}:revoked:visitor:c')).toBeGreaterThan(50_000);
  });
});
