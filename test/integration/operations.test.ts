import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { launchService, startService, type ServiceName, type ServiceProcess } from '../support/processes.ts';
import { startSystem, type System } from '../support/system.ts';

let redis: OwnRedis;
let system: System;
beforeAll(async () => {
  redis = await startOwnRedis();
  system = await startSystem({ sweepers: 1, redisUrl: redis.url });
});
afterAll(async () => {
  await system?.stop();
  await redis?.stop();
});

const opsUrl = () => system.apis[0]?.opsUrl ?? '';

describe('the internal listener', () => {
  test('says of every process that it lives, is ready, and what it counts', async () => {
    for (const service of [...system.apis, ...system.workers, ...system.sweepers]) {
      expect((await fetch(`${service.opsUrl}/livez`)).status).toBe(200);
      await expect
        .poll(async () => (await fetch(`${service.opsUrl}/readyz`)).json())
        .toMatchObject({ status: 'ready', checks: { redis: 'ok', mongodb: 'ok' } });
      expect(await (await fetch(`${service.opsUrl}/metrics`)).text()).toContain('process_cpu_seconds_total');
    }
  });

  test('is not reachable on the public port', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/queues']) {
      expect((await system.visitor().get(path)).status).toBe(404);
    }
  });

  test('says not ready when Redis may throw jobs away', async () => {
    await system.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    try {
      const response = await fetch(`${opsUrl()}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.text()).toContain('noeviction');
    } finally {
      await system.redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });
});

describe('a process', () => {
  test('does not start with wrong variables, and says of each what it wants and of none what it was', async () => {
    const wrong = [
      { variable: 'PORT', value: '99999', says: 'PORT is malformed' },
      { variable: 'REDIS_URL', value: '', quoted: 'redis://:', says: 'REDIS_URL is not set' },
      { variable: 'PUBLIC_URL', value: 'http://example.com', says: 'PUBLIC_URL is malformed' },
      { variable: 'DAYPASS_INDEX_KEY', value: 'c2VjcmV0LXZhbHVl', says: 'DAYPASS_INDEX_KEY is malformed' },
      { variable: 'DAYPASS_SIGNING_KEYS', value: '[{"kty":"oct","k":"c2VjcmV0"}]', says: 'DAYPASS_SIGNING_KEYS is malformed' },
      { variable: 'LOG_LEVEL', value: 'loud', says: 'LOG_LEVEL is malformed' },
      { variable: 'DAYPASS_SITES', value: '/nowhere/sites.yaml', says: 'DAYPASS_SITES names a file that cannot be read (ENOENT).' },
    ];
    const env = Object.fromEntries(wrong.map(({ variable, value }) => [variable, value]));
    const failure = await startService('api', { ...system.env, ...env }).catch((error: unknown) => String(error));
    for (const { value, quoted = value, says } of wrong) {
      expect(failure).toContain(says);
      expect(failure).not.toContain(quoted);
    }
  });

  test('does not start with an internal listener for everybody', async () => {
    const failure = await startService('api', { ...system.env, OPS_HOST: '0.0.0.0' }).catch((error: unknown) => String(error));
    expect(failure).toContain('OPS_HOST is not a loopback address');
  });

  test.each<[string, ServiceName, (port: string) => NodeJS.ProcessEnv]>([
    ['PORT', 'api', (port) => ({ PORT: port })],
    ['OPS_PORT', 'api', (port) => ({ OPS_PORT: port })],
    ['OPS_PORT', 'mailer-worker', (port) => ({ OPS_PORT: port })],
    ['OPS_PORT', 'sweeper', (port) => ({ OPS_PORT: port })],
  ])('that finds its port taken names %s and the port in one line, and ends (%s)', async (variable, name, env) => {
    const taken = new URL(opsUrl()).port;
    const { output, exited } = launchService(name, { ...system.env, ...env(taken), LOG_LEVEL: 'info' });
    expect(await exited).toMatchObject({ code: 1 });
    const fatal = output.filter((line) => line.includes('"level":"fatal"')).map((line) => JSON.parse(line) as object);
    expect(fatal).toEqual([expect.objectContaining({ msg: `${variable}: port ${taken} is in use by another process.` })]);
    expect(output.join('\n')).not.toMatch(/stack|node:net/);
  });

  test('whose address is none of this machine names the variable', async () => {
    const failure = await startService('sweeper', { ...system.env, OPS_HOST: '192.0.2.1', OPS_INSECURE: '1' }).catch((error: unknown) => String(error));
    expect(failure).toContain('OPS_HOST is no address that can be listened on here (EADDRNOTAVAIL).');
  });

  test('lets the mails in hand go out before it stops', async () => {
    const visitors = Array.from({ length: 20 }, () => system.visitor());
    await Promise.all(visitors.map((visitor) => visitor.ask()));
    const worker = system.workers[0];
    await worker?.stop();
    expect(await worker?.exited).toEqual({ code: 0, signal: null });
    const again = await startService('mailer-worker', system.env);
    await Promise.all(visitors.map((visitor) => visitor.mail()));
    await again.stop();
    for (const { email } of visitors) {
      expect(system.catcher.mails().filter(({ envelope }) => envelope.to.includes(email))).toHaveLength(1);
    }
  });
});

describe('the sweeper', () => {
  const challenges = () => system.mongo.collection<{ _id: string; purgeAt: Date }>('challenges');
  const due = (count: number, label: string) =>
    Array.from({ length: count }, (_, index) => ({ _id: `${label}-${index}`, purgeAt: new Date(Date.now() - 600_000 - index) }));

  test('deletes what is due when it starts, in batches, beside another one, and nothing else', async () => {
    const before = await deletedBy(system.sweepers);
    await challenges().insertMany(due(5_500, 'due'));
    await challenges().insertOne({ _id: 'not-due', purgeAt: new Date(Date.now() + 60_000) });
    const both = await Promise.all([startService('sweeper', system.env), startService('sweeper', system.env)]);
    await expect.poll(() => challenges().countDocuments({ _id: /^due-/ }), { timeout: 50_000 }).toBe(0);
    expect(await challenges().countDocuments({ _id: 'not-due' })).toBe(1);
    // The one that has been running all along may have had a round in between.
    await expect
      .poll(async () => (await deletedBy([...system.sweepers, ...both])) - before, { timeout: 10_000 })
      .toBe(5_500);
    await Promise.all(both.map((sweeper) => sweeper.stop()));
  }, 120_000);

  test('killed half-way leaves the rest to the next one', async () => {
    // The one that has been running would have its round in between.
    await Promise.all(system.sweepers.map((sweeper) => sweeper.stop()));
    // Beside visitors' challenges, where a sweeper takes its time.
    await challenges().insertMany(due(2_000, 'many'));
    const sweeper = await startService('sweeper', system.env);
    while ((await challenges().countDocuments({ _id: /^many-/ })) === 2_000) await sleep(5);
    await sweeper.kill();
    const left = await challenges().countDocuments({ _id: /^many-/ });
    expect(left).toBeGreaterThan(0);
    const next = await startService('sweeper', system.env);
    await expect.poll(() => challenges().countDocuments({ _id: /^many-/ }), { timeout: 30_000 }).toBe(0);
    await next.stop();
  });

  async function deletedBy(sweepers: readonly ServiceProcess[]): Promise<number> {
    const said = await Promise.all(sweepers.map(async ({ opsUrl: url }) => (await fetch(`${url}/metrics`)).text()));
    return said.map(deletions).reduce((sum, count) => sum + count, 0);
  }

  function deletions(metrics: string): number {
    return Number(/^daypass_sweep_deleted_total\{sweep="expired-challenges"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
  }
});
