import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ComposedMail } from '../compose/compose-mail.ts';
import type { SmtpServer } from '@daypass/runtime/smtp-server';

/** One conversation with a mail server, signed in and ready for mails, one after the other. */
export interface SmtpSession {
  /** Mails it has been given so far. */
  used: number;
  /** Whether it may be given another. */
  open(): boolean;
  /** Resolves when the server has accepted. Rejects with {@link SmtpFailure}. */
  send(mail: ComposedMail): Promise<void>;
  /** Resolves when it is ready for the next mail, or is not any more. */
  settled(): Promise<void>;
  /** Says goodbye. For a session that has no mail in hand. */
  leave(): void;
  /** Ends it at once; `failing` is what a mail in hand is told. */
  close(failing: Error): void;
}

/** Why a mail was not accepted, and whether the server may have it all the same. */
export class SmtpFailure extends Error {
  override readonly name = 'SmtpFailure';
  readonly handedOver: boolean;
  constructor(cause: unknown, handedOver: boolean) {
    super('the mail was not accepted', { cause });
    this.handedOver = handedOver;
  }
}

/** Connecting, the greeting, TLS: as long as a server may take that makes robots wait. */
const connectTimeoutMs = 10_000;
const replyTimeoutMs = 25_000;

/**
 * Connects, and signs in where a user is named. Rejects with nodemailer's error.
 *
 * @param onEnd told once when it is over, by whoever ended it
 */
export async function openSmtpSession(server: SmtpServer, onEnd: () => void): Promise<SmtpSession> {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    connectionTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    greetingTimeout: connectTimeoutMs,
    socketTimeout: replyTimeoutMs,
    socketCloseTimeout: 1_000,
  });
  let over = false;
  connection.on('error', () => undefined); // Whoever waits for something hears of it there.
  connection.once('end', () => {
    over = true;
    onEnd();
  });
  try {
    await greet(connection);
    // What it offers stands in the reply to EHLO, which is the last one now.
    const offersUtf8 = /[ -]SMTPUTF8\b/im.test(connection.lastServerResponse || '');
    if (server.auth) await signIn(connection, server.auth);
    return createSession(connection, offersUtf8, () => over);
  } catch (error) {
    connection.close();
    throw error;
  }
}

function createSession(connection: SMTPConnection, offersUtf8: boolean, over: () => boolean): SmtpSession {
  let settling: Promise<void> = Promise.resolve();
  let failInHand: ((error: Error) => void) | undefined;
  let leaving = false;

  const session: SmtpSession = {
    used: 0,
    open: () => !leaving && !over(),
    settled: () => settling,
    send(mail) {
      if (!offersUtf8 && !isAscii(mail.to)) return Promise.reject(new SmtpFailure(coded('EUTF8'), false));
      session.used += 1;
      return new Promise<void>((resolve, reject) => {
        // Asked for when the server has said that it wants the mail: from then on it may have it.
        let handedOver = false;
        const body = new Readable({
          read() {
            handedOver = true;
            body.push(mail.raw);
            body.push(null);
          },
        });
        failInHand = (error) => reject(new SmtpFailure(error, handedOver));
        connection.send({ from: mail.from, to: [mail.to] }, body, (error) => {
          failInHand = undefined;
          if (!error) return resolve();
          settling = recover(connection, error);
          reject(new SmtpFailure(error, handedOver));
        });
      });
    },
    leave() {
      if (!session.open()) return;
      leaving = true;
      connection.quit();
    },
    close(failing) {
      failInHand?.(failing);
      connection.close();
    },
  };
  return session;
}

/** A server that refused one mail takes the next, when it has been told to forget this one. Anything else ends it. */
function recover(connection: SMTPConnection, { code, responseCode }: { code?: string | undefined; responseCode?: number | undefined }): Promise<void> {
  return new Promise((resolve) => {
    connection.once('end', resolve);
    const judged = (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode !== 421;
    if (!judged || connection.destroyed) {
      connection.close();
      return resolve();
    }
    connection.reset((error) => {
      if (error) connection.close();
      connection.removeListener('end', resolve);
      resolve();
    });
  });
}

function greet(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(coded('ECONNECTION')));
    connection.connect((error) => {
      connection.removeListener('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

function signIn(connection: SMTPConnection, { user, pass }: { user: string; pass: string }): Promise<void> {
  // Going on without would make each mail a relay that is denied, for good.
  if (!connection.allowsAuth) return Promise.reject(coded('ENOAUTH'));
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(coded('ECONNECTION')));
    connection.login({ credentials: { user, pass } }, (error) => {
      connection.removeListener('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

export function coded(code: string): Error & { code: string } {
  return Object.assign(new Error(code), { code });
}
