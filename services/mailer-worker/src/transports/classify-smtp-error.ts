import type { Handover } from '@daypass/core/codes/issue-code';
import { SmtpFailure } from './smtp-session.ts';

/** Steps of the conversation at which a reply is about the mail, not about us or the connection. */
const mailCommands = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** About the server and our standing with it, whatever they answer: out of order, sign in first. */
const conversationReplies = new Set([503, 530]);

/**
 * What a failed hand-over means for the mail. A 5xx about the mail is final (RFC 5321 §4.2.1), a 4xx may pass. Every
 * trouble with the connection, TLS or our own sign-in is the transport's; when it comes after the mail was handed
 * over, nobody knows whether the server has it.
 *
 * @returns a reason made of names and numbers only: a server's reply quotes the address
 */
export function classifySmtpError(error: unknown): Handover & { accepted: false } {
  const handedOver = error instanceof SmtpFailure && error.handedOver;
  const { responseCode, command, code } = fieldsOf(error instanceof SmtpFailure ? error.cause : error);
  const replied = responseCode !== undefined && responseCode >= 400 && responseCode < 600 && !conversationReplies.has(responseCode);
  if (replied && mailCommands.has(command ?? '')) {
    return { accepted: false, permanent: responseCode >= 500, cause: 'mail', reason: `smtp_${responseCode}` };
  }
  if (code === 'EUTF8') return { accepted: false, permanent: true, cause: 'mail', reason: utf8Refused };
  // Nodemailer itself does not write this address on an envelope.
  if (code === 'EENVELOPE' && command === 'API') {
    return { accepted: false, permanent: true, cause: 'mail', reason: 'smtp_envelope_refused' };
  }
  // As many connections are open as the server is to have, of all workers together: nobody's trouble.
  if (code === 'EBUSY') return { accepted: false, permanent: false, cause: 'busy', reason: 'connections_taken' };
  const suffix = responseCode === undefined ? '' : `_${responseCode}`;
  const name = `${(code ?? 'failed').toLowerCase()}${suffix}`;
  return handedOver
    ? { accepted: false, permanent: false, cause: 'unknown', reason: `unconfirmed_${name}` }
    : { accepted: false, permanent: false, cause: 'transport', reason: `transport_${name}` };
}

/** A server that does not take an address beyond ASCII (RFC 6531): another one may. */
export const utf8Refused = 'smtputf8_not_offered';

function fieldsOf(error: unknown): { responseCode?: number; command?: string; code?: string } {
  if (typeof error !== 'object' || error === null) return {};
  const { responseCode, command, code } = error as Record<string, unknown>;
  return {
    ...(isReplyCode(responseCode) && { responseCode }),
    ...(typeof command === 'string' && { command }),
    ...(typeof code === 'string' && /^\w{1,32}$/.test(code) && { code }),
  };
}

/** A server may begin a line with any digits, and nodemailer takes all of them. */
function isReplyCode(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 999;
}
