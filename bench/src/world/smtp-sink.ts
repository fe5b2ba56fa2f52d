import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A mail server that accepts everything and keeps nothing. */
export interface SmtpSink {
  url: string;
  /** Mails accepted since the last call of {@link expect}. */
  accepted(): number;
  /** Starts counting anew. Resolves when `count` mails have been accepted. */
  expect(count: number): Promise<void>;
  close(): void;
}

export interface SinkOptions {
  /** How long the reply to a whole mail takes. */
  latencyMs?: number;
  /** Told of each mail at the moment its acceptance is written. */
  onMail?: (recipient: string, message: string) => void;
}

/** No mail for so long is not slow, it is broken. */
const silenceMs = 30_000;

/**
 * Speaks as much SMTP as a client on this machine needs, and works as little as it can: it shares two cores with what
 * is measured. Without Nagle's algorithm, with which every mail on loopback waits 40 ms for an acknowledgement.
 */
export async function startSmtpSink({ latencyMs = 0, onMail }: SinkOptions = {}): Promise<SmtpSink> {
  let accepted = 0;
  let expected = Number.POSITIVE_INFINITY;
  let reached = () => {};
  const take = (recipient: string, message: string) => {
    onMail?.(recipient, message);
    accepted += 1;
    if (accepted === expected) reached();
  };

  const server = createServer({ noDelay: true }, (socket) => converse(socket, latencyMs, take));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted: () => accepted,
    async expect(count) {
      accepted = 0;
      expected = count;
      const all = new Promise<true>((resolve) => {
        reached = () => resolve(true);
      });
      for (let before = -1; before < accepted; ) {
        before = accepted;
        const patience = new AbortController();
        const done = await Promise.race([all, pause(silenceMs, false, { signal: patience.signal }).catch(() => false)]);
        patience.abort();
        if (done) return;
      }
      throw new Error(`the mail sink has had ${accepted} mails of ${count}, and no more come`);
    },
    close: () => server.close(),
  };
}

/** RFC 5321, for one client that says nothing unusual. */
function converse(socket: Socket, latencyMs: number, take: (recipient: string, message: string) => void): void {
  let received = '';
  let recipient = '';
  let inData = false;
  const reply = (text: string) => socket.write(`${text}\r\n`);

  const accept = (message: string) => {
    take(recipient, message);
    reply('250 accepted');
  };
  const obey = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'QUIT') return socket.end('221 bye\r\n');
    if (verb === 'RCPT') recipient = /<(.*)>/.exec(line)?.[1] ?? '';
    if (verb !== 'DATA') return reply('250 fine');
    inData = true;
    return reply('354 go on');
  };

  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    received += chunk;
    for (;;) {
      const mark = inData ? '\r\n.\r\n' : '\r\n';
      const end = received.indexOf(mark);
      if (end < 0) return;
      const text = received.slice(0, end);
      received = received.slice(end + mark.length);
      if (!inData) {
        obey(text);
        continue;
      }
      inData = false;
      if (latencyMs === 0) accept(text);
      else setTimeout(accept, latencyMs, text);
    }
  });
  reply('220 sink ESMTP');
}
