import { Console } from 'node:console';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../../support/scripted-smtp.ts';
import { startSystem, type System } from '../../support/system.ts';

const print = new Console(process.stdout);
let system: System;
let first: ScriptedSmtp;
let second: ScriptedSmtp;
let way: Awaited<ReturnType<typeof openWay>>;

/** A way to a server that can be shut, connections and all, and opened again. */
async function openWay(target: string) {
  const sockets = new Set<Socket>();
  const port = Number(new URL(target).port);
  const listen = async (at: number): Promise<Server> => {
    const server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined).on('close', () => sockets.delete(socket)));
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
    });
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen(0);
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${own}`,
    async shut() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async open() {
      server = await listen(own);
    },
  };
}

beforeAll(async () => {
  [first, second] = [await startScriptedSmtp(() => undefined), await startScriptedSmtp(() => undefined)];
  way = await openWay(first.url);
  system = await startSystem({ workers: 2, env: { SMTP_URL: `${way.url},${second.url}`, LOG_LEVEL: 'info' } });
});
afterAll(async () => {
  await system?.stop();
  await way?.shut();
  await Promise.all([first?.stop(), second?.stop()]);
});

test('the first transport goes away under load and comes back: the second takes over in 5 s, it is used again in 30 s, and no mail is lost', async () => {
  const asked: string[] = [];
  let asking = true;
  const load = (async () => {
    while (asking) {
      const visitor = system.visitor();
      const { status } = await visitor.post('/v1/codes', { email: visitor.email });
      if (status === 202) asked.push(visitor.email);
      await pause(40);
    }
  })();
  await expect.poll(() => first.accepted.length).toBeGreaterThan(20);
  expect(second.accepted).toHaveLength(0);

  const shutMs = performance.now();
  await way.shut();
  await expect.poll(() => second.accepted.length, { timeout: 5_000, interval: 50 }).toBeGreaterThan(0);
  await expect.poll(() => second.accepted.length, { timeout: 30_000 }).toBeGreaterThan(100);
  const before = first.accepted.length;
  const openedMs = performance.now();
  await way.open();
  await expect.poll(() => first.accepted.length, { timeout: 30_000, interval: 50 }).toBeGreaterThan(before + 10);
  const metrics = await (await fetch(`${system.workers[0]?.opsUrl}/metrics`)).text();
  expect(metrics).toMatch(/daypass_smtp_breaker_state\{transport="1"\}/);

  asking = false;
  await load;
  const copies = (email: string) => [...first.accepted, ...second.accepted].filter(({ to }) => to === email);
  await expect.poll(() => asked.filter((email) => copies(email).length === 0), { timeout: 30_000 }).toEqual([]);
  const since = (atMs: number, { accepted }: ScriptedSmtp) => Math.round((accepted.find((mail) => mail.atMs > atMs)?.atMs ?? Number.NaN) - atMs);
  print.table({
    asked: asked.length,
    'taken by the first': first.accepted.length,
    'taken by the second': second.accepted.length,
    lost: asked.filter((email) => copies(email).length === 0).length,
    'second copies': asked.reduce((sum, email) => sum + copies(email).length - 1, 0),
    'failed over after, ms': since(shutMs, second),
    'back after, ms': since(openedMs, first),
  });
  for (const email of asked) {
    const codes = new Set(copies(email).map(({ raw }) => /^[0-9A-Z]{4}-[0-9A-Z]{4}\r?$/m.exec(raw)?.[0]));
    expect(codes.size).toBe(1);
  }
}, 120_000);
