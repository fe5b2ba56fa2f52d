import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import type { SmtpTransport } from './smtp-transport.ts';

/**
 * Tries one transport after the other, as long as the trouble is the transport's own: a mail that a server has
 * judged is judged.
 */
export function handOverInOrder(transports: readonly SmtpTransport[]): (mail: CodeMail) => Promise<Handover> {
  return async (mail) => {
    let last: Handover = { accepted: false, permanent: false, reason: 'transport_none' };
    for (const transport of transports) {
      last = await transport.handOver(mail);
      if (last.accepted || !last.reason.startsWith('transport_')) return last;
    }
    return last;
  };
}
