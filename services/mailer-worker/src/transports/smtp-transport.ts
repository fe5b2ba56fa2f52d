import type { Sender } from '@daypass/core/address/parse-sender';
import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import { isLoopback } from '@daypass/runtime/config';
import { createTransport } from 'nodemailer';
import { renderCodeMail } from '../templates/code-mail.ts';
import { classifySmtpError } from './classify-smtp-error.ts';

export interface SmtpTransport {
  handOver(mail: CodeMail): Promise<Handover>;
  close(options?: { force: boolean }): void;
}

/** How long one hand-over may take, from asking for a connection to the last reply. */
export const smtpDeadlineMs = 30_000;

const connectTimeoutMs = 10_000;
// A server may make us wait for its greeting to tell us from a robot.
const replyTimeoutMs = 25_000;

/**
 * A pool of connections to one SMTP server. Off loopback it insists on TLS.
 *
 * @param sender who a mail is from when its site does not say
 */
export function createSmtpTransport(url: string, sender: Sender, maxConnections: number): SmtpTransport {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const transport = createTransport({
    pool: true,
    host: hostname,
    port: port ? Number(port) : secure ? 465 : 587,
    secure,
    requireTLS: !secure && !isLoopback(hostname),
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    maxConnections,
    maxRequeues: 0, // Trying again is the queue's business.
    connectionTimeout: connectTimeoutMs,
    dnsTimeout: connectTimeoutMs,
    greetingTimeout: replyTimeoutMs,
    socketTimeout: replyTimeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    async handOver(mail) {
      try {
        await transport.sendMail({ ...compose(mail, mail.site.sender ?? sender), signal: AbortSignal.timeout(smtpDeadlineMs) });
        return { accepted: true };
      } catch (error) {
        return classifySmtpError(error);
      }
    },
    close: (options) => transport.close(options),
  };
}

function compose(mail: CodeMail, sender: Sender) {
  const { address } = mail.envelope;
  const { language, ...content } = renderCodeMail(mail);
  return {
    ...content,
    from: { name: sender.name, address: sender.address },
    to: { name: '', address },
    // Said explicitly, so that nothing in a header can ever become another recipient.
    envelope: { from: sender.address, to: [address] },
    // The same for every try at the same mail (RFC 5322 §3.6.4): a server that got it twice can tell.
    messageId: `<${mail.id}.${mail.send}@${sender.domain}>`,
    date: mail.issuedAt,
    headers: {
      'Auto-Submitted': 'auto-generated', // RFC 3834 §5: no holiday reply, please.
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': language,
    },
  };
}
