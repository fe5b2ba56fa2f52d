import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { startSystem, type System } from '../support/system.ts';

let system: System;
let smtp: ScriptedSmtp;
/** The worker's mail server says nothing of these until it is let. */
const held = new Set<string>();

beforeAll(async () => {
  smtp = await startScriptedSmtp((moment, address) => {
    if (moment !== 'rcpt') return undefined;
    if (address.startsWith('gone.')) return { code: 550, text: 'unknown' };
    return held.has(address) ? { code: 451, text: 'later' } : undefined;
  });
  system = await startSystem({ apis: 2, workers: 1, env: { SMTP_URL: smtp.url } });
});
afterAll(async () => {
  await system?.stop();
  await smtp?.stop();
});

/** Listens to a challenge on one of the APIs, from an address of its own. */
async function listen(id: string, { api = 0, ip = `198.51.100.${Math.floor(Math.random() * 250)}` } = {}) {
  const closing = new AbortController();
  const response = await fetch(`${system.apis[api]?.url}/v1/codes/${id}/events`, { headers: { 'x-forwarded-for': ip }, signal: closing.signal });
  let text = '';
  const ended = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    return 'ended' as const;
  })().catch(() => 'broken' as const);
  const events = () => [...text.matchAll(/^event: status\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as { delivery: string });
  return { response, ended, deliveries: () => events().map(({ delivery }) => delivery), events, close: () => closing.abort() };
}

async function askHeld(local = 'held') {
  const visitor = system.visitor();
  const email = `${local}.${visitor.email}`;
  held.add(email);
  const id = String((await visitor.post('/v1/codes', { email })).body['id']);
  return { visitor, email, id };
}

/** Asks for the events of a challenge and is gone before there is an answer. */
async function askAndLeave(id: string, ip: string): Promise<void> {
  const { hostname, port } = new URL(system.apis[0]?.url ?? '');
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET /v1/codes/${id}/events HTTP/1.1\r\nHost: ${hostname}\r\nX-Forwarded-For: ${ip}\r\n\r\n`, () => socket.destroy());
  await once(socket, 'close');
}

/** How many listen to one of the APIs, as it counts them itself. */
async function watchers(api = 0): Promise<number> {
  const metrics = await (await fetch(`${system.apis[api]?.opsUrl}/metrics`)).text();
  return Number(/^daypass_status_watchers (\d+)$/m.exec(metrics)?.[1]);
}

describe('the events of a code', () => {
  test('tell each change on whichever API one listens, and end when the mail is sent', async () => {
    const { visitor, email, id } = await askHeld();
    const streams = await Promise.all([listen(id, { api: 0 }), listen(id, { api: 1 })]);
    for (const { deliveries, response } of streams) {
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      await expect.poll(deliveries).toContain('delayed');
    }
    held.delete(email);
    const { createProducer } = await import('@daypass/jobs/producer');
    const { codeIssue } = await import('@daypass/jobs/code-issue');
    const { queue } = createProducer(codeIssue, system.redis);
    await expect.poll(async () => (await queue.getJob(`${id}.1`))?.isDelayed()).toBe(true);
    await (await queue.getJob(`${id}.1`))?.promote();
    for (const { ended, deliveries, events } of streams) {
      expect(await ended).toBe('ended');
      expect(deliveries().at(-1)).toBe('sent');
      // Seconds that pass between the event and the question are not the same seconds.
      const asked = (await visitor.get(`/v1/codes/${id}`)).body;
      expect(events().at(-1)).toEqual({ ...asked, expiresIn: expect.any(Number), resendIn: expect.any(Number) });
    }
  });

  test('end at once when all is said: a mail that is sent, or refused', async () => {
    const visitor = system.visitor();
    const id = String((await visitor.post('/v1/codes', { email: `gone.${visitor.email}` })).body['id']);
    const stream = await listen(id);
    expect(await stream.ended).toBe('ended');
    expect(stream.deliveries().at(-1)).toBe('refused');
    const again = await listen(id);
    expect(await again.ended).toBe('ended');
    expect(again.deliveries()).toEqual(['refused']);
  });

  test('of a forged id are none', async () => {
    const { response, close } = await listen('x'.repeat(52));
    expect(response.status).toBe(404);
    close();
  });

  test('are for two listeners a challenge, and a place is free when one leaves', async () => {
    const { id } = await askHeld();
    const [one, two, three] = [await listen(id), await listen(id), await listen(id)];
    expect([one, two, three].map(({ response }) => response.status)).toEqual([200, 200, 429]);
    expect(three.response.headers.get('retry-after')).toBe('15');
    one.close();
    await expect.poll(async () => {
      const next = await listen(id);
      next.close();
      return next.response.status;
    }).toBe(200);
    two.close();
  });

  test('are for 20 listeners a network', async () => {
    const ip = '203.0.113.7';
    const asked = await Promise.all(Array.from({ length: 11 }, () => askHeld()));
    const streams = [];
    for (const { id } of asked) for (let each = 0; each < 2; each += 1) streams.push(await listen(id, { ip }));
    expect(streams.map(({ response }) => response.status).filter((status) => status === 200)).toHaveLength(20);
    for (const { close } of streams) close();
  });

  test('are kept ready for nobody who left before they began: all places of the network are free', async () => {
    const ip = '203.0.113.8';
    const asked = await Promise.all(Array.from({ length: 11 }, () => askHeld()));
    await expect.poll(() => watchers()).toBe(0);
    for (let each = 0; each < 2; each += 1) await Promise.all(asked.map(({ id }) => askAndLeave(id, ip)));
    // Whoever asks now has asked after them.
    for (const { visitor, id } of asked) expect((await visitor.get(`/v1/codes/${id}`)).status).toBe(200);
    await expect.poll(() => watchers()).toBe(0);

    const streams = [];
    for (const { id } of asked.slice(1)) for (let each = 0; each < 2; each += 1) streams.push(await listen(id, { ip }));
    expect(streams.map(({ response }) => response.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(await watchers()).toBe(20);
    for (const { close } of streams) close();
    await expect.poll(() => watchers()).toBe(0);
  });

  test('do not hold up an API that stops', async () => {
    const { id } = await askHeld();
    const stream = await listen(id, { api: 1 });
    const started = performance.now();
    await system.apis[1]?.stop();
    expect(await stream.ended).toBe('ended');
    expect(performance.now() - started).toBeLessThan(9_000);
  });
});
