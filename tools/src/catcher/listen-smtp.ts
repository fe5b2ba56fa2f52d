import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { SMTPServer, type SMTPServerSession } from 'smtp-server';

import { within } from '../within.ts';
import type { Envelope } from './caught-mail.ts';

type SmtpListener = { port: number; close(): Promise<void> };

const MAX_MAIL_BYTES = 10 * 1024 * 1024;
const CLOSE_MS = 500;

/** A server that hands over each mail and answers 250 when `take` has it. */
export async function listenSmtp(
  host: string,
  port: number,
  take: (envelope: Envelope, bytes: Buffer) => Promise<void>,
): Promise<SmtpListener> {
  const server = new SMTPServer({
    banner: 'Daypass mail catcher: nothing is delivered',
    // Loopback only: no sign-in, and no certificate that a client would have to doubt.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    // With Nagle's algorithm every mail on loopback waits 40 ms for an acknowledgement.
    noDelay: true,
    size: MAX_MAIL_BYTES,
    rejectOversized: true,
    closeTimeout: CLOSE_MS,
    onData: (stream, session, answer) => {
      buffer(stream)
        .then((bytes) => take(envelopeOf(session), bytes))
        .then(() => answer(), answer);
    },
  });
  server.on('error', () => {}); // a client that hung up; nothing is lost that it was told we have
  const listener = server.listen(port, host);
  await once(listener, 'listening', { signal: AbortSignal.timeout(5_000) });

  const close = () => {
    const closed = new Promise<void>((settle) => server.close(() => settle()));
    return within(4 * CLOSE_MS, closed, 'The mail catcher did not close');
  };
  return { port: (listener.address() as AddressInfo).port, close };
}

function envelopeOf({ envelope }: SMTPServerSession): Envelope {
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : '',
    to: envelope.rcptTo.map(({ address }) => address),
  };
}
