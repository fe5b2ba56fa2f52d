import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import type { ComposedMail } from '../compose/compose-mail.ts';
import { classifySmtpError } from './classify-smtp-error.ts';
import { createSmtpPool, type PoolLoad, type TakeConnection } from './smtp-pool.ts';
import type { SmtpServer } from '@daypass/runtime/smtp-server';

export interface SmtpTransport {
  handOver(mail: CodeMail, deadlineMs: number): Promise<Handover>;
  load(): PoolLoad;
  close(): void;
}

/** How long one hand-over may take, from asking for a connection to the last reply. */
const smtpDeadlineMs = 30_000;

/** What workers share of one mail server. Where nothing is limited, nobody has to be asked. */
export interface SharedLimits {
  /** How long this mail has to wait for its turn, in ms; 0 when it is its turn. */
  pace: (mail: CodeMail) => Promise<number>;
  takeConnection: TakeConnection;
}

export const unlimited: SharedLimits = { pace: async () => 0, takeConnection: async () => () => undefined };

/** Hands mails to one SMTP server over a pool of connections. Off loopback it insists on TLS. */
export function createSmtpTransport(
  server: SmtpServer,
  maxConnections: number,
  compose: (mail: CodeMail) => ComposedMail | Promise<ComposedMail>,
  { pace, takeConnection }: SharedLimits = unlimited,
): SmtpTransport {
  const pool = createSmtpPool(server, maxConnections, takeConnection);
  return {
    async handOver(mail, deadlineMs) {
      const waitMs = server.perSecond === undefined ? 0 : await pace(mail);
      if (waitMs > 0) return { accepted: false, permanent: false, cause: 'busy', reason: 'paced', retryAfterMs: waitMs };
      const composed = await compose(mail);
      try {
        await pool.send(composed, Math.min(smtpDeadlineMs, deadlineMs));
        return { accepted: true };
      } catch (error) {
        return classifySmtpError(error);
      }
    },
    load: pool.load,
    close: () => pool.close(),
  };
}
