import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { NetConnectOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, type ServiceProcess } from '../support/processes.ts';
import { databaseUrl } from '../support/stores.ts';
import { startSystem, type System } from '../support/system.ts';
import { createVisitor } from '../support/visitor.ts';
import { startTlsFront, startTlsRedis, writeCertificate, type Certificate } from '../support/tls.ts';

let dir: string;
let right: Certificate;
let otherHost: Certificate;
let redis: Awaited<ReturnType<typeof startTlsRedis>>;
let mongo: Awaited<ReturnType<typeof startTlsFront>>;
let mongodbUrl: string;
let system: System;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daypass-tls-'));
  [right, otherHost] = [writeCertificate(dir, 'localhost'), writeCertificate(dir, 'elsewhere.example')];
  const plainUrl = databaseUrl(`test-${randomBytes(6).toString('hex')}`);
  [redis, mongo] = await Promise.all([startTlsRedis(right), startTlsFront(right, upstreamOf(plainUrl))]);
  mongodbUrl = throughTls(plainUrl);
  system = await startSystem({
    redisUrl: redis.url,
    mongodbUrl: plainUrl,
    env: { REDIS_URL: redis.tlsUrl, MONGODB_URL: mongodbUrl, NODE_EXTRA_CA_CERTS: right.certPath },
  });
});
afterAll(async () => {
  await system?.mongo.dropDatabase();
  await system?.stop();
  mongo?.stop();
  await redis?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Where the engine of the tests listens: a socket, or a port when it is the user's own. */
function upstreamOf(url: string): NetConnectOpts {
  const host = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1] ?? '';
  if (host.startsWith('%2F')) return { path: decodeURIComponent(host) };
  const [name = '', port = '27017'] = host.split(':');
  return { host: name, port: Number(port) };
}

function throughTls(url: string): string {
  const front = url.replace(/^(mongodb:\/\/(?:[^@/]*@)?)[^/?]+/, `$1localhost:${mongo.port}`);
  return `${front}${front.includes('?') ? '&' : '?'}tls=true`;
}

const byAddress = (url: string) => url.replace('//localhost:', '//127.0.0.1:');
const checksOf = async ({ opsUrl }: ServiceProcess) => ((await (await fetch(`${opsUrl}/readyz`)).json()) as { checks: Record<string, string> }).checks;

describe('stores that are reached by TLS', () => {
  test('serve a whole visit', async () => {
    const visitor = system.visitor();
    const id = await visitor.ask();
    const code = await visitor.code();
    for (const service of [...system.apis, ...system.workers]) await expect.poll(() => checksOf(service)).toMatchObject({ redis: 'ok', mongodb: 'ok' });
    expect((await visitor.verify(id, code)).status).toBe(200);
  });

  test.each([
    ['a certificate that nobody vouches for', () => ({ NODE_EXTRA_CA_CERTS: '' }), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['a certificate, and another is believed', () => ({ NODE_EXTRA_CA_CERTS: otherHost.certPath }), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['a certificate for another name', () => ({ REDIS_URL: byAddress(redis.tlsUrl), MONGODB_URL: byAddress(mongodbUrl) }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('are not spoken to when they show %s, and log and /readyz say why', async (_what, env, fault) => {
    const api = await startService('api', { ...system.env, ...env(), LOG_LEVEL: 'info' });
    try {
      const asked = await createVisitor(api.url, system.catcher).post('/v1/codes', { email: 'ada@example.com' });
      expect(asked).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      const why = (store: string) => api.output.find((line) => line.includes(`"msg":"${store}: not reached"`)) ?? '';
      for (const store of ['redis', 'mongodb']) await expect.poll(() => why(store)).toContain(`"reason":"${fault}"`);
      expect(await checksOf(api)).toMatchObject({ redis: `not reached: ${fault}`, mongodb: `not reached: ${fault}` });
    } finally {
      await api.stop();
    }
  });
});
