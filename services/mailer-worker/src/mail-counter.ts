import type { IssueOutcome } from '@daypass/core/codes/issue-code';
import { Counter, type Registry } from '@prometheus-io/client';

/** Counts what became of mails, one tick for each time a job was taken. */
export function createMailCounter(registry: Registry): (outcome: IssueOutcome['outcome'], reason: string) => void {
  const counter = new Counter({
    name: 'daypass_mail_attempts_total',
    help: 'Code mails taken from the queue, by what became of them.',
    labelNames: ['outcome', 'reason'],
    registers: [registry],
  });
  return (outcome, reason) => counter.inc({ outcome, reason });
}
