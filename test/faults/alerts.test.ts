import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preload } from '../support/preload.ts';
import type { ServiceName } from '../support/processes.ts';
import { startPrometheus, unfired, type Alert, type Prometheus } from '../support/prometheus.ts';
import { alertNames, alertsInMinutes } from '../support/real-alerts.ts';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { startUnderFire, type UnderFire } from '../support/under-fire.ts';

// The alerts that test/integration/deploy-alerts.test.ts does not make fire: these take their time.

const minuteSeconds = 6;
/** Now and then, so that it still answers in between. */
const blockMs = 350;
const seen = new Map<string, Alert>();
let smtp: ScriptedSmtp;
let toSmtp: TcpProxy;
let fire: UnderFire;
let prometheus: Prometheus;

beforeAll(async () => {
  smtp = await startScriptedSmtp((moment, address) =>
    moment === 'rcpt' && address.startsWith('nobody') ? { code: 550, text: 'no such mailbox' } : undefined,
  );
  toSmtp = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(smtp.url).port) });
  const env = preload('block-on-signal', { BLOCK_MS: String(blockMs), SMTP_URL: `smtp://127.0.0.1:${toSmtp.port}` });
  fire = await startUnderFire({ apis: 1, workers: 1, sweepers: 4, env });
  const [apis, workers, sweepers] = [fire.running('api'), fire.running('mailer-worker'), fire.running('sweeper')];
  prometheus = await startPrometheus({ api: apis, 'mailer-worker': workers, sweeper: sweepers }, minuteSeconds);
}, 180_000);
afterAll(async () => {
  await prometheus?.stop();
  await fire?.stop();
  await toSmtp?.close();
  await smtp?.stop();
});

let asked = 0;
const ask = (name = 'somebody') => {
  asked += 1;
  return fire.system.visitor().post('/v1/codes', { email: `${name}${asked}@example.com` });
};
const only = (name: ServiceName) => {
  const [process] = fire.running(name);
  if (!process) throw new Error(`no ${name} runs`);
  return process;
};

test('a mail server that refuses our mails', async () => {
  expect(await unfired(prometheus, seen, alertsInMinutes.refusedMails, { meanwhile: () => ask('nobody'), deadlineMs: 120_000 })).toEqual([]);
});

test('a mail server that keeps us waiting', async () => {
  const deed = async () => {
    toSmtp.set({ mode: 'stall' });
    await Promise.all(Array.from({ length: 10 }, () => ask()));
    await pause(12_000);
    toSmtp.set({ mode: 'pass' });
  };
  expect(await unfired(prometheus, seen, alertsInMinutes.slowServer, { deed })).toEqual([]);
});

test('a worker whose event loop stands still', async () => {
  const meanwhile = () => {
    process.kill(only('mailer-worker').pid, 'SIGUSR2');
    return pause(2 * blockMs);
  };
  expect(await unfired(prometheus, seen, alertsInMinutes.blockedLoop, { meanwhile })).toEqual([]);
});

test('a process that is started again and again', async () => {
  const meanwhile = async () => {
    const former = only('mailer-worker');
    await fire.kill('mailer-worker', former);
    await fire.start('mailer-worker', { OPS_PORT: new URL(former.opsUrl).port });
    await pause(2_000); // Until it has been seen.
  };
  expect(await unfired(prometheus, seen, alertsInMinutes.restarts, { meanwhile, deadlineMs: 60_000 })).toEqual([]);
});

test('a fault of ours: documents that are not what they should be', async () => {
  const id = String((await ask()).body['id']);
  const challenges = fire.system.mongo.collection('challenges');
  await expect.poll(() => challenges.countDocuments(), { timeout: 15_000 }).toBeGreaterThan(0);
  const meanwhile = async () => {
    await challenges.updateMany({}, { $set: { expiresAt: 'soon' } });
    await fire.system.visitor().get(`/v1/codes/${id}`);
  };
  expect(await unfired(prometheus, seen, alertsInMinutes.spoiltDocuments, { meanwhile })).toEqual([]);
  await challenges.deleteMany({});
});

test('sweepers without their database', async () => {
  // Four of them fail twice a minute each.
  const missing = await unfired(prometheus, seen, alertsInMinutes.noDatabase, { deed: fire.mongo.kill, deadlineMs: 150_000 });
  await fire.mongo.restart();
  expect(missing).toEqual([]);
});

test('and all of it is over when it is over', async () => {
  expect(alertNames(alertsInMinutes).filter((name) => !seen.has(name))).toEqual([]);
  const firing = async () => (await prometheus.firing()).map(({ name }) => name);
  await expect.poll(firing, { timeout: 150_000, interval: 1_000 }).toEqual([]);
});
