import type { Handover } from '@daypass/core/codes/issue-code';

/** Steps of the conversation at which a reply is about the mail, not about us or the connection. */
const mailCommands = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);
/** About the server and our standing with it, whatever they answer: it closes, out of order, sign in first. */
const conversationReplies = new Set([421, 503, 530]);

/**
 * What a failed hand-over means for the mail. A 5xx about the mail is final (RFC 5321 §4.2.1); a 4xx, and every
 * trouble with the connection, TLS or our own sign-in, may pass.
 *
 * @returns a reason made of names and numbers only: a server's reply quotes the address
 */
export function classifySmtpError(error: unknown): Handover & { accepted: false } {
  const { responseCode, command, code } = fieldsOf(error);
  const replied = responseCode !== undefined && !conversationReplies.has(responseCode);
  if (replied && mailCommands.has(command ?? '')) {
    return { accepted: false, permanent: responseCode >= 500, reason: `smtp_${responseCode}` };
  }
  // Nodemailer itself does not write this address on an envelope.
  if (code === 'EENVELOPE' && responseCode === undefined) {
    return { accepted: false, permanent: true, reason: 'smtp_envelope_refused' };
  }
  const suffix = responseCode === undefined ? '' : `_${responseCode}`;
  return { accepted: false, permanent: false, reason: `transport_${(code ?? 'failed').toLowerCase()}${suffix}` };
}

function fieldsOf(error: unknown): { responseCode?: number; command?: string; code?: string } {
  if (typeof error !== 'object' || error === null) return {};
  const { responseCode, command, code } = error as Record<string, unknown>;
  return {
    ...(typeof responseCode === 'number' && { responseCode }),
    ...(typeof command === 'string' && { command }),
    ...(typeof code === 'string' && /^\w{1,32}$/.test(code) && { code }),
  };
}
