import { setTimeout as pause } from 'node:timers/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleCodeMail } from '../../../../test/support/sample-code-mail.ts';
import { createComposeMail } from '../compose/compose-mail.ts';
import { languageOf, renderCodeMail } from '../templates/code-mail.ts';
import { parseSmtpServer } from '@daypass/runtime/smtp-server';
import { createSmtpTransport } from './smtp-transport.ts';

const sender = { name: 'Daypass', address: 'no-reply@example.com', domain: 'example.com' };
const mail = { ...sampleCodeMail, send: 2 };

interface Server_ {
  url: string;
  /** What the client said, line by line. */
  heard: string[];
}
let servers: Server[] = [];
const sockets = new Set<Socket>();
/** Mails that a server has had to the last dot. */
let taken = 0;
afterEach(() => {
  taken = 0;
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  servers = [];
});

/** A mail server of a few lines, which answers a command by its first word with something else where it is told to. */
async function listen(replies: Record<string, string> = {}, capabilities: string[] = []): Promise<Server_> {
  const heard: string[] = [];
  let connected = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    // Where it is told to say nothing it says nothing.
    const say = (word: string, usually: string) => !silent && replies[word] !== '' && socket.write(`${replies[word] ?? usually}\r\n`);
    let [silent, inData, rest] = [false, false, ''];
    connected += 1;
    say(`CONNECT ${connected}` in replies ? `CONNECT ${connected}` : 'CONNECT', '220 ready');
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        heard.push(line);
        const word = line.split(' ')[0]?.toUpperCase() ?? '';
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          taken += 1;
          say('.', '250 taken');
        } else if (word === 'EHLO') socket.write([...['hello', ...capabilities].map((text) => `250-${text}\r\n`), '250 8BITMIME\r\n'].join(''));
        else if (word === 'STARTTLS' && !(word in replies)) {
          say(word, '220 go on');
          silent = true; // It does not speak TLS.
        } else if (word === 'DATA') {
          inData = !('DATA' in replies);
          say('DATA', '354 go on');
        } else if (word === 'QUIT') socket.end('221 bye\r\n');
        else say(word, '250 ok');
      }
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

/** Every machine reaches itself by this address, and none is called so: a server there has to speak TLS. */
const elsewhere = '0.0.0.0';
const withUser = (url: string, host = '127.0.0.1') => url.replace('smtp://127.0.0.1', `smtp://user:p%40ss@${host}`);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}

function open(url: string, connections = 1) {
  const server = parseSmtpServer(url);
  if (!server) throw new Error('not a server');
  const compose = createComposeMail({ render: (given) => renderCodeMail(given), variantOf: languageOf, messageIdOf: ({ id, send }) => `${id}.${send}@example.com` });
  return createSmtpTransport(server, connections, (given) => compose(given, sender));
}

async function handOver(url: string, given = mail, deadlineMs = 5_000) {
  const transport = open(url);
  try {
    return await transport.handOver(given, deadlineMs);
  } finally {
    transport.close();
  }
}

describe('a mail that is handed over', () => {
  test('goes from the sender to the one address, and is accepted with the last 250', async () => {
    const { url, heard } = await listen();
    expect(await handOver(url)).toEqual({ accepted: true });
    expect(heard.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([
      expect.stringMatching(/^MAIL FROM:<no-reply@example\.com>/),
      'RCPT TO:<ada@example.com>',
    ]);
  });

  test('has a Message-ID and a date that are the same for every try, and asks machines not to answer', async () => {
    const { url, heard } = await listen();
    await handOver(url);
    await handOver(url);
    const headers = heard.filter((line) => /^(Message-ID|Date|Auto-Submitted|Content-Language|To|From):/i.test(line));
    expect(new Set(headers).size).toBe(headers.length / 2);
    expect(headers).toEqual(
      expect.arrayContaining([
        'Message-ID: <challenge.2@example.com>',
        'Date: Thu, 01 Jan 2026 12:00:00 +0000',
        'Auto-Submitted: auto-generated',
        'Content-Language: en',
        'To: ada@example.com',
        'From: Daypass <no-reply@example.com>',
      ]),
    );
  });

  test("has no header and no recipient that a site's name or a locale wrote", async () => {
    const { url, heard } = await listen();
    await handOver(url, {
      ...mail,
      site: { ...mail.site, name: 'Café\r\nBcc: eve@example.com' },
      envelope: { ...mail.envelope, locale: 'en\r\nCc: eve@example.com' },
    });
    const headers = heard.slice(heard.indexOf('DATA') + 1, heard.indexOf(''));
    expect(headers).toContain('To: ada@example.com');
    expect(headers.filter((line) => /^B?cc:/i.test(line))).toEqual([]);
    expect(heard.filter((line) => line.startsWith('RCPT'))).toHaveLength(1);
  });
});

describe('what the server says', () => {
  test.each([
    [{ RCPT: '550 <ada@example.com> unknown' }, { permanent: true, cause: 'mail', reason: 'smtp_550' }],
    [{ RCPT: '451 greylisted' }, { permanent: false, cause: 'mail', reason: 'smtp_451' }],
    [{ MAIL: '553 not you' }, { permanent: true, cause: 'mail', reason: 'smtp_553' }],
    [{ MAIL: '530 sign in first' }, { permanent: false, cause: 'transport', reason: 'transport_eenvelope_530' }],
    [{ DATA: '552 full' }, { permanent: true, cause: 'mail', reason: 'smtp_552' }],
    [{ '.': '554 looks like spam' }, { permanent: true, cause: 'mail', reason: 'smtp_554' }],
    [{ '.': '452 no space' }, { permanent: false, cause: 'mail', reason: 'smtp_452' }],
    [{ MAIL: '421 too busy' }, { permanent: false, cause: 'mail', reason: 'smtp_421' }],
    [{ CONNECT: '421 too many connections' }, { permanent: false, cause: 'transport', reason: 'transport_eprotocol_421' }],
    [{ RCPT: 'what?' }, { permanent: false, cause: 'transport', reason: 'transport_eenvelope' }],
    // It has the mail by then, and what it means by that nobody knows.
    [{ '.': 'what?' }, { permanent: false, cause: 'unknown', reason: 'unconfirmed_emessage' }],
    [{ CONNECT: '554 go away' }, { permanent: false, cause: 'transport', reason: expect.stringMatching(/^transport_\w+_554$/) }],
  ])('%j is understood', async (replies, understood) => {
    const { url } = await listen(replies);
    expect(await handOver(url)).toEqual({ accepted: false, ...understood });
  });

  test.each([
    [{ RCPT: '550 unknown' }, 'smtp_550'],
    [{ RCPT: '450 later' }, 'smtp_450'],
    [{ MAIL: '553 not you' }, 'smtp_553'],
  ])('%j is understood from a server that takes commands in advance (RFC 2920)', async (replies, reason) => {
    const { url } = await listen({ ...replies, DATA: '503 no valid recipients' }, ['PIPELINING']);
    expect(await handOver(url)).toMatchObject({ accepted: false, reason });
  });
});

describe('trouble on the way may pass', () => {
  test('nobody listens', async () => {
    const { url } = await listen();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await handOver(url)).toMatchObject({ accepted: false, permanent: false, reason: expect.stringMatching(/^transport_/) });
  });

  test('the server asks for a password and refuses it', async () => {
    const { url } = await listen({ AUTH: '535 wrong password' }, ['AUTH PLAIN']);
    expect(await handOver(withUser(url))).toEqual({ accepted: false, permanent: false, cause: 'transport', reason: 'transport_eauth_535' });
  });

  test.each([
    { phase: 'STARTTLS', replies: { STARTTLS: '' }, capabilities: ['STARTTLS', 'AUTH PLAIN'], host: elsewhere, said: ['EHLO', 'STARTTLS'] },
    { phase: 'the TLS handshake', replies: {}, capabilities: ['STARTTLS', 'AUTH PLAIN'], host: elsewhere, said: ['EHLO', 'STARTTLS'] },
    { phase: 'AUTH', replies: { AUTH: '' }, capabilities: ['AUTH PLAIN'], said: ['EHLO', 'AUTH'] },
  ])('the server falls silent at $phase: it is given up at the deadline, and told nothing more', async ({ replies, capabilities, host, said }) => {
    const { url, heard } = await listen(replies, capabilities);
    const timedOut = { accepted: false, permanent: false, cause: 'transport', reason: 'transport_etimedout' };
    expect(await handOver(withUser(url, host), mail, 2_000)).toEqual(timedOut);
    expect(heard.flatMap((line) => /^(EHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|QUIT)\b/.exec(line)?.[1] ?? [])).toEqual(said);
  });
});

test('a server elsewhere that offers no TLS is told neither address nor code nor password', async () => {
  const { url, heard } = await listen({ STARTTLS: '502 not here' }, ['AUTH PLAIN']);
  expect(await handOver(withUser(url, elsewhere))).toMatchObject({ accepted: false, permanent: false, reason: expect.stringMatching(/^transport_etls/) });
  expect(heard.filter((line) => !/^(EHLO|STARTTLS|QUIT)/.test(line))).toEqual([]);
});

describe('a mail that the server may have', () => {
  test('is told as such when the connection breaks after it was handed over', async () => {
    const { url } = await listen({ '.': '' });
    const transport = open(url);
    const handover = transport.handOver(mail, 5_000);
    await until(() => servers.length > 0 && taken > 0);
    for (const socket of sockets) socket.destroy();
    expect(await handover).toMatchObject({ accepted: false, permanent: false, cause: 'unknown' });
    transport.close();
  });

  test('is told as such when no answer comes in time', async () => {
    const { url } = await listen({ '.': '' });
    const transport = open(url);
    expect(await transport.handOver(mail, 2_000)).toEqual({ accepted: false, permanent: false, cause: 'unknown', reason: 'unconfirmed_etimedout' });
    transport.close();
  });

  test('is not one that waited for its turn', async () => {
    const { url } = await listen({ '.': '' });
    const transport = open(url);
    const [, second] = await Promise.all([transport.handOver(mail, 400), transport.handOver(mail, 200)]);
    expect(second).toEqual({ accepted: false, permanent: false, cause: 'transport', reason: 'transport_etimedout' });
    transport.close();
  });
});

describe('a connection', () => {
  test('is used for one mail after the other', async () => {
    const { url, heard } = await listen();
    const transport = open(url);
    for (let sent = 0; sent < 3; sent += 1) expect(await transport.handOver(mail, 5_000)).toEqual({ accepted: true });
    transport.close();
    expect(heard.filter((line) => line.startsWith('EHLO'))).toHaveLength(1);
  });

  test('that the server ended while it was idle costs a mail nothing', async () => {
    const { url, heard } = await listen();
    const transport = open(url);
    await transport.handOver(mail, 5_000);
    for (const socket of sockets) socket.destroy();
    expect(await transport.handOver(mail, 5_000)).toEqual({ accepted: true });
    transport.close();
    expect(heard.filter((line) => line.startsWith('EHLO'))).toHaveLength(2);
  });

  test('takes the next mail after one that was refused', async () => {
    const { url, heard } = await listen({ RCPT: '550 unknown' });
    const transport = open(url);
    await transport.handOver(mail, 5_000);
    expect(await transport.handOver(mail, 5_000)).toMatchObject({ reason: 'smtp_550' });
    transport.close();
    expect(heard.filter((line) => /^(EHLO|RSET)/.test(line)).slice(0, 2)).toEqual([expect.stringMatching(/^EHLO/), 'RSET']);
  });

  test('that the server does not take beside those it has leaves the work to them', async () => {
    const { url } = await listen({ 'CONNECT 2': '421 too many connections', 'CONNECT 3': '421 too many connections' });
    const transport = open(url, 3);
    const sent = await Promise.all(Array.from({ length: 6 }, () => transport.handOver(mail, 5_000)));
    transport.close();
    expect(sent.filter(({ accepted }) => accepted)).toHaveLength(6);
  });

  test('that the server refused once is tried again soon, and not waited for behind one that stands still', async () => {
    const replies = { 'CONNECT 2': '421 too many connections', RCPT: '' } as Record<string, string>;
    const { url, heard } = await listen(replies);
    const transport = open(url, 3);
    const still = transport.handOver(mail, 10_000);
    await until(() => heard.some((line) => line.startsWith('RCPT')));
    delete replies['RCPT'];
    expect(await transport.handOver(mail, 5_000)).toEqual({ accepted: true });
    transport.close();
    expect(await still).toMatchObject({ accepted: false });
  });
});

test('a user is not sent on unsigned to a server that offers no sign-in', async () => {
  const { url, heard } = await listen();
  expect(await handOver(withUser(url))).toMatchObject({ cause: 'transport', reason: 'transport_enoauth' });
  expect(heard.filter((line) => line.startsWith('MAIL'))).toEqual([]);
});

test('an international address is refused before anything is sent where the server does not take it', async () => {
  const { url, heard } = await listen();
  const given = { ...mail, envelope: { ...mail.envelope, address: 'δοκιμή@example.com' } };
  expect(await handOver(url, given)).toEqual({ accepted: false, permanent: true, cause: 'mail', reason: 'smtputf8_not_offered' });
  expect(heard.filter((line) => /^(MAIL|RCPT|DATA)/.test(line))).toEqual([]);
});

test('an international address is announced to a server that takes it (RFC 6531)', async () => {
  const { url, heard } = await listen({}, ['SMTPUTF8']);
  const given = { ...mail, envelope: { ...mail.envelope, address: 'δοκιμή@example.com' } };
  expect(await handOver(url, given)).toEqual({ accepted: true });
  expect(heard.find((line) => line.startsWith('MAIL'))).toContain(' SMTPUTF8');
  expect(heard).toContain('RCPT TO:<δοκιμή@example.com>');
});
