// A loop of sends: nodemailer with a pool, the same messages as Daypass's worker composes, nothing around it.
//
// POST /all {count} sends them as fast as it goes, `CONCURRENCY` at a time.
// POST /paced {count, perSecond} sends one after the other at that pace, and says when each send began.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { generateCode } from '@daypass/core/codes/code-format';
import { builtInSite } from '@daypass/core/sites/site';
import { renderCodeMail } from '@daypass/mailer-worker/templates/code-mail';
import Fastify from 'fastify';
import { createTransport } from 'nodemailer';
import { given, listen } from './side.ts';

const concurrency = Number(given('CONCURRENCY'));
const { hostname, port } = new URL(given('SMTP_URL'));
const transport = createTransport({ pool: true, host: hostname, port: Number(port), maxConnections: concurrency });
const site = builtInSite([]);
let sent = 0;

async function send(): Promise<string> {
  sent += 1;
  const address = `direct${sent}@example.com`;
  const id = randomBytes(39).toString('base64url');
  const issuedAt = new Date();
  const envelope = { address, code: generateCode(site.codeFormat, randomBytes) };
  const { language, ...content } = renderCodeMail({ id, send: 1, site, issuedAt, addressDigest: '', envelope });
  await transport.sendMail({
    ...content,
    from: { name: 'Daypass', address: 'no-reply@localhost' },
    to: { name: '', address },
    envelope: { from: 'no-reply@localhost', to: [address] },
    messageId: `<${id}.1@localhost>`,
    date: issuedAt,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', 'Content-Language': language },
  });
  return address;
}

const app = Fastify({ requestTimeout: 0 });

app.post<{ Body: { count: number } }>('/all', async ({ body }) => {
  let left = body.count;
  const loop = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  return {};
});

app.post<{ Body: { count: number; perSecond: number } }>('/paced', async ({ body }) => {
  const started = performance.now();
  const began: Record<string, string> = {};
  const sends = [];
  for (let index = 0; index < body.count; index += 1) {
    while (performance.now() < started + (index * 1000) / body.perSecond) await pause(1);
    const beganAt = process.hrtime.bigint();
    sends.push(send().then((address) => (began[address] = String(beganAt))));
  }
  await Promise.all(sends);
  return began;
});

await listen(app);
