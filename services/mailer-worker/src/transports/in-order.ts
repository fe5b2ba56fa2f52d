import type { CodeMail, Handover } from '@daypass/core/codes/issue-code';
import type { SmtpTransport } from './smtp-transport.ts';
import { resultOf, traceHandover } from './trace-handover.ts';

/**
 * Tries one transport after the other, as long as the trouble is the transport's own: a mail that a server has
 * judged is judged.
 *
 * @param onHandover told of each try: the transport by its place in the order, from 1
 */
export function handOverInOrder(
  transports: readonly SmtpTransport[],
  onHandover: (transport: string, result: string, seconds: number) => void,
): (mail: CodeMail) => Promise<Handover> {
  return async (mail) => {
    let last: Handover = { accepted: false, permanent: false, reason: 'transport_none' };
    for (const [index, transport] of transports.entries()) {
      const name = String(index + 1);
      const started = performance.now();
      last = await traceHandover(name, () => transport.handOver(mail));
      onHandover(name, resultOf(last), (performance.now() - started) / 1000);
      if (last.accepted || !last.reason.startsWith('transport_')) return last;
    }
    return last;
  };
}
