import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { openStore } from '@daypass/core/store/open-store';
import { maxConnections, type PoolReading } from '@daypass/core/store/watch-pool';
import { expect, test } from 'vitest';
import { startService } from '../support/processes.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { databaseUrl } from '../support/stores.ts';
import { startSystem } from '../support/system.ts';

test('a store tells how many connections are in use, and how many operations wait for one', async () => {
  const store = openStore(databaseUrl(`pools-${randomBytes(6).toString('hex')}`), () => undefined);
  await store.connected;
  await store.ready();

  const readings: PoolReading[] = [];
  let over = false;
  const operations = Promise.all(Array.from({ length: 200 }, () => store.oldestPurgeAt())).finally(() => (over = true));
  while (!over) {
    await setImmediate();
    readings.push(store.pool());
  }
  await operations;
  const most = (figure: keyof PoolReading) => Math.max(...readings.map((reading) => reading[figure]));
  expect(most('inUse')).toBeGreaterThan(0);
  expect(most('inUse')).toBeLessThanOrEqual(maxConnections);
  expect(most('waiting')).toBeGreaterThan(100);
  await expect.poll(() => store.pool()).toEqual({ inUse: 0, waiting: 0 });
  await store.close();
});

test('a worker tells which connections to a mail server are busy, which idle, and how many mails wait for one', async () => {
  const slow = Promise.withResolvers<void>();
  const smtp = await startScriptedSmtp(() => ({ until: slow.promise }));
  const system = await startSystem({ workers: 0, env: { SMTP_URL: `${smtp.url}?connections=1` } });
  const worker = await startService('mailer-worker', system.env);
  const figures = async () => {
    const text = await (await fetch(`${worker.opsUrl}/metrics`)).text();
    return Object.fromEntries([...text.matchAll(/^daypass_smtp_(?:connections|mails_waiting)\{transport="1"(?:,state="(\w+)")?\} (\d+)$/gm)].map(([, state = 'waiting', count]) => [state, Number(count)]));
  };
  expect(await figures()).toEqual({ busy: 0, idle: 0, opening: 0, waiting: 0 });
  await Promise.all([system.visitor().ask(), system.visitor().ask()]);
  await expect.poll(figures, { timeout: 10_000 }).toEqual({ busy: 1, idle: 0, opening: 0, waiting: 1 });
  slow.resolve();
  await expect.poll(figures, { timeout: 10_000 }).toEqual({ busy: 0, idle: 1, opening: 0, waiting: 0 });
  await worker.stop();
  await system.stop();
  await smtp.stop();
});
