import type { CodeMailOrder } from '@daypass/core/codes/code-mail-order';
import type { IssueOutcome } from '@daypass/core/codes/issue-code';
import type { CodeIssue } from '@daypass/jobs/code-issue';
import type { Handler, Verdict } from '@daypass/jobs/consumer';
import { nameOfError } from '@daypass/jobs/name-of-error';
import type { Setbacks } from '@daypass/jobs/setbacks';
import type { Logger } from '@daypass/runtime/logger';
import { reasonOf } from './mailer-metrics.ts';
import { pauseBeforeRetry } from './retry-pause.ts';

/** How soon to look again at a mail that another worker is sending. */
const leasedPauseMs = 2_000;

/** Carries out one code-issue job, says in the log what became of it, and tells the queue. */
export function createDeliverCode(dependencies: {
  issueCode: (order: CodeMailOrder) => Promise<IssueOutcome>;
  /** Counts outcomes, for the metrics. The site is what the job says. */
  count: (result: IssueOutcome, site: string) => void;
  /** Tells whoever watches a challenge that it has changed. */
  announce: (challenge: string) => void;
  log: Logger;
}): Handler<CodeIssue> {
  const { issueCode, count, announce, log } = dependencies;

  return async ({ id, site, envelope, send }, setbacks) => {
    const { result, thrown } = await attempt({ id, site, envelope, send });
    count(result, site);
    if (changesStatus(result)) announce(id);
    const reason = reasonOf(result);
    const level = thrown || result.outcome === 'lost' || reason === 'does_not_open' ? 'warn' : 'info';
    log[level]({ challenge: id, site, send, reason, ...thrown }, `mail ${result.outcome}`);
    return verdictOf(result, setbacks);
  };

  /** What is thrown delays a mail like anything else, and has to be seen like it: a database that is away, or refuses. */
  async function attempt(order: CodeMailOrder): Promise<{ result: IssueOutcome; thrown?: { err: unknown } }> {
    try {
      return { result: await issueCode(order) };
    } catch (err) {
      return { result: { outcome: 'delayed', reason: nameOfError(err) }, thrown: { err } };
    }
  }
}

/** Whether a visitor who watches sees another status now. */
function changesStatus({ outcome, ...rest }: IssueOutcome): boolean {
  return outcome === 'sent' || outcome === 'lost' || (outcome === 'delayed' && 'cause' in rest && rest.cause !== 'busy');
}

function verdictOf(result: IssueOutcome, setbacks: Setbacks): Verdict {
  switch (result.outcome) {
    case 'sent':
    case 'settled':
      return { verdict: 'done' };
    case 'leased':
      return { verdict: 'later', reason: 'leased', delayMs: leasedPauseMs };
    case 'delayed':
      // What is ours to mend is an attempt; what a server says, or does not say, costs none.
      return result.cause ? pauseBeforeRetry(result, setbacks, Math.random()) : { verdict: 'retry', reason: result.reason };
    case 'lost':
      return { verdict: 'failed', reason: result.reason };
  }
}
