import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { parseSmtpServer } from '@daypass/runtime/smtp-server';
import { afterEach, expect, test } from 'vitest';
import { sampleCodeMail as mail } from '../../../../test/support/sample-code-mail.ts';
import { createSmtpTransport } from './smtp-transport.ts';

const page = readFileSync(new URL('../../../../docs/operations/runbook-no-mail-leaves.md', import.meta.url), 'utf8');
/** What the page explains: `smtp_5…` stands for all that begin so. */
const explained = [...page.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+…?)`/g)].map(([, name = '']) => name));
const isExplained = (result: string) => explained.some((name) => (name.endsWith('…') ? result.startsWith(name.slice(0, -1)) : name === result));

const composed = { from: 'no-reply@example.com', to: 'ada@example.com', raw: Buffer.from('Subject: code\r\n\r\ncode\r\n') };

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A mail server that does this with whoever connects. */
async function listen(meet: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    meet(socket);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers each command by its first word, all that have no answer with 250, and `hang up` by doing that. */
const answering = (answers: Record<string, string>) => (socket: Socket) => {
  const say = (word: string) => (answers[word] === 'hang up' ? socket.destroy() : socket.write(`${answers[word] ?? '250 ok'}\r\n`));
  say('CONNECT');
  socket.on('data', (chunk) => say(chunk.toString().endsWith('\r\n.\r\n') ? '.' : (/^\w+/.exec(chunk.toString())?.[0] ?? '')));
};
const usual = { CONNECT: '220 ready', DATA: '354 go on' };

test.each<[string, string, (socket: Socket) => void, string?]>([
  ['breaks the connection off', 'transport_esocket', (socket) => socket.resetAndDestroy()],
  ['is asked for TLS and speaks none', 'transport_esocket', answering(usual), 'smtps://127.0.0.1'],
  ['ends the connection without a word', 'transport_econnection', (socket) => socket.end()],
  ['says nothing', 'transport_etimedout', () => undefined],
  ['has no place for one more', 'transport_eprotocol_421', answering({ CONNECT: '421 too many connections' })],
  ['takes no sign-in', 'transport_enoauth', answering(usual), 'smtp://user:secret@127.0.0.1'],
  ['does not know the password', 'transport_eauth_535', answering({ ...usual, EHLO: '250-hello\r\n250 AUTH PLAIN', AUTH: '535 no' }), 'smtp://user:secret@127.0.0.1'],
  // Every machine reaches itself by this address, and none is called so.
  ['is elsewhere and offers no TLS', 'transport_etls_502', answering({ ...usual, STARTTLS: '502 not here' }), 'smtp://0.0.0.0'],
  ['hangs up with the mail in its hands', 'unconfirmed_econnection', answering({ ...usual, '.': 'hang up' })],
  ['refuses the mail', 'smtp_550', answering({ ...usual, RCPT: '550 no' })],
])('of a server that %s the result is %s, and the runbook explains it', async (_what, result, meet, url = 'smtp://127.0.0.1') => {
  expect(await handOver(`${url}:${await listen(meet)}`)).toBe(result);
  expect(isExplained(result)).toBe(true);
});

test('of a server that is not there the result is transport_esocket, and the runbook explains it', async () => {
  const port = await listen(() => undefined);
  servers.at(-1)?.close();
  expect(await handOver(`smtp://127.0.0.1:${port}`)).toBe('transport_esocket');
  expect(isExplained('transport_esocket')).toBe(true);
});

async function handOver(url: string): Promise<string> {
  const server = parseSmtpServer(url);
  if (!server) throw new Error('not a server');
  const transport = createSmtpTransport(server, 1, () => composed);
  const handover = await transport.handOver(mail, 2_000);
  transport.close();
  return handover.accepted ? 'accepted' : handover.reason;
}
