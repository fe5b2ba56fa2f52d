import type { IssueOutcome } from '@daypass/core/codes/issue-code';
import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';
import type { BreakerState } from './transports/circuit-breaker.ts';
import type { PoolLoad } from './transports/smtp-pool.ts';

export interface MailerMetrics {
  /** Counts one job taken from the queue, by its site (empty when this worker does not know it) and what became of it. */
  jobTaken: (result: IssueOutcome, site: string) => void;
  /** Times one hand-over to one mail server. `result` is `accepted`, or the reason it was not. */
  handedOver: (transport: string, result: string, seconds: number) => void;
  /** Shows the state of each transport's circuit breaker, in the transports' order. */
  watchBreakers: (states: readonly (() => BreakerState)[]) => void;
}

const latencyBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** What a mailer worker counts. Reasons are a short list: reply codes and names of ours. */
export function createMailerMetrics(registry: Registry): MailerMetrics {
  const registers = [registry];
  const jobs = new Counter({
    name: 'daypass_mail_jobs_total',
    help: 'Jobs taken from the queue, by what became of the mail: sent, settled, leased, delayed, lost.',
    labelNames: ['site', 'outcome', 'reason'],
    registers,
  });
  const delivery = new Histogram({
    name: 'daypass_code_request_to_acceptance_seconds',
    help: 'From the request for a code to a mail server accepting its first mail.',
    buckets: latencyBuckets,
    registers,
  });
  const handovers = new Histogram({
    name: 'daypass_smtp_handover_duration_seconds',
    help: 'Mails handed to a mail server, by transport (its place in SMTP_URL) and result.',
    labelNames: ['transport', 'result'],
    buckets: latencyBuckets,
    registers,
  });
  return {
    jobTaken(result, site) {
      jobs.inc({ site, outcome: result.outcome, reason: reasonOf(result) });
      if (result.outcome === 'sent' && result.latencySeconds !== undefined) delivery.observe(result.latencySeconds);
    },
    handedOver: (transport, result, seconds) => handovers.observe({ transport, result }, seconds),
    watchBreakers(states) {
      registry.registerMetric(
        new Gauge({
          name: 'daypass_smtp_breaker_state',
          help: 'Whether a transport (its place in SMTP_URL) is used: 0 closed, yes; 1 half-open, by one mail to see; 2 open, no.',
          labelNames: ['transport'],
          registers: [registry],
          collect() {
            for (const [index, state] of states.entries()) {
              this.set({ transport: String(index + 1) }, { closed: 0, 'half-open': 1, open: 2 }[state()]);
            }
          },
        }),
      );
    },
  };
}

/** Shows the connections to each mail server, in the transports' order. */
export function addConnectionMetrics(registry: Registry, loads: readonly (() => PoolLoad)[]): void {
  const registers = [registry];
  registry.registerMetric(
    new Gauge({
      name: 'daypass_smtp_connections',
      help: 'Connections to a mail server, by transport (its place in SMTP_URL) and what they do: busy with a mail, idle, opening.',
      labelNames: ['transport', 'state'],
      registers,
      collect() {
        for (const [index, load] of loads.entries()) {
          for (const [state, count] of Object.entries(load().connections)) this.set({ transport: String(index + 1), state }, count);
        }
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'daypass_smtp_mails_waiting',
      help: 'Mails that wait for a connection to a mail server, by transport (its place in SMTP_URL).',
      labelNames: ['transport'],
      registers,
      collect() {
        for (const [index, load] of loads.entries()) this.set({ transport: String(index + 1) }, load().waiting);
      },
    }),
  );
}

/** Why a mail did not go, or why it only seems to have gone. */
export function reasonOf(result: IssueOutcome): string {
  if (result.outcome === 'sent') return result.withheld ?? '';
  return 'reason' in result ? result.reason : '';
}

/** @param count `undefined` until it is known, and then the metric is absent */
export function addSuppressionMetric(registry: Registry, count: () => number | undefined): void {
  registry.registerMetric(
    new Gauge({
      name: 'daypass_suppressions_known',
      help: 'Addresses that this worker knows to get no mail. Each worker says about the same.',
      registers: [registry],
      collect() {
        const known = count();
        if (known !== undefined) this.set(known);
      },
    }),
  );
}
