import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { parseSmtpServer } from '@daypass/runtime/smtp-server';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { sampleCodeMail as mail } from '../../../../test/support/sample-code-mail.ts';
import { createSmtpTransport } from './smtp-transport.ts';

const deadlineMs = 2_000;
const slackMs = 8_000;
const composed = { from: 'no-reply@example.com', to: 'ada@example.com', raw: Buffer.from('Subject: code\r\n\r\ncode\r\n') };
const usual: Record<string, string> = { CONNECT: '220 ready', EHLO: '250 hello', DATA: '354 go on', '.': '250 taken' };

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A mail server that says something of its own at one step. */
async function listen(step: string, reply: string): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    const say = (word: string) => socket.write(`${word === step ? reply : (usual[word] ?? '250 ok')}\r\n`);
    say('CONNECT');
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      const word = text.endsWith('\r\n.\r\n') ? '.' : (/^(EHLO|MAIL|RCPT|DATA|RSET|QUIT)\b/.exec(text)?.[1] ?? '');
      if (word !== '') say(word);
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function handOver(url: string) {
  const server = parseSmtpServer(url);
  if (!server) throw new Error('not a server');
  const transport = createSmtpTransport(server, 1, () => composed);
  try {
    return await transport.handOver(mail, deadlineMs);
  } finally {
    transport.close();
  }
}

const line = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 999 }), fc.constantFrom(' ', '-', ''), fc.string({ unit: 'binary' })).map((parts) => parts.join('')),
  fc.constantFrom('9'.repeat(400), '55012345678 ada@example.com', '550', '550 5.1.1 <ada@example.com>', '250-', `550 ${'x'.repeat(100_000)}`, '\0', '\r\n', ''),
);
const reply = fc.record({
  step: fc.constantFrom('CONNECT', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.'),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
});

test('whatever a server says, at whatever step, a mail has its verdict soon after its deadline, with a reason that is a short name', async () => {
  const verdicts = await Promise.all(
    fc.sample(reply, 30).map(async ({ step, lines }) => {
      const url = await listen(step, lines.join('\r\n'));
      const begun = performance.now();
      return { step, lines, verdict: await handOver(url), ms: performance.now() - begun };
    }),
  );
  const name = /^(smtp_[45]\d\d|(transport|unconfirmed)_[a-z]{1,32}(_\d{3})?)$/;
  expect(verdicts.filter(({ verdict, ms }) => ms > deadlineMs + slackMs || (!verdict.accepted && !name.test(verdict.reason)))).toEqual([]);
  // Sane replies are taken, so that it is not the server that fails them all.
  expect(await handOver(await listen('none', ''))).toEqual({ accepted: true });
});
