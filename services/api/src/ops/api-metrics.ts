import type { ProvenAddress } from '@daypass/core/codes/proven-address';
import type { MailReport, ReportOutcome } from '@daypass/core/codes/report-mail';
import type { Refusal } from '@daypass/core/errors';
import type { Sites } from '@daypass/core/sites/sites';
import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';

/** Anything that a use case answers. */
type Outcome = { ok: true } | Refusal;

export interface ApiMetrics {
  codeRequested: (site: string, outcome: { ok: true; proven?: boolean } | Refusal) => void;
  codeResent: (outcome: Outcome) => void;
  /** Counts a code that was typed in; `by` is the way it was looked up. */
  codeVerified: (by: 'id' | 'address', outcome: ProvenAddress | Refusal) => void;
  totpEnrolled: (site: string, outcome: Outcome) => void;
  /** Counts a code of an authenticator app, or a recovery code. */
  totpVerified: (by: 'confirm' | 'verify' | 'recover', outcome: Outcome) => void;
  answered: (method: string, route: string, status: number, seconds: number) => void;
  /** Counts what was reported of a mail. */
  mailReported: (kind: MailReport['kind'], outcome: ReportOutcome) => void;
  /** Shows how many listen to a stream of events. */
  watchWatchers: (count: () => number) => void;
}

const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const humanBuckets = [5, 10, 20, 30, 45, 60, 90, 120, 300, 600, 900];

/** What the API counts. No label grows with visitors: sites, routes and outcomes are all known beforehand. */
export function createApiMetrics(registry: Registry, sites: Sites, now: () => Date): ApiMetrics {
  const registers = [registry];
  // By site and outcome, until somebody looks: labels are put together for each count otherwise, in the path of all requests.
  const requestTally = new Map<string, { site: string; outcome: string; count: number }>();
  void new Counter({
    collect() {
      for (const { site, outcome, count } of requestTally.values()) this.inc({ site, outcome }, count);
      requestTally.clear();
    },
    name: 'daypass_code_requests_total',
    help: 'Requests for a code, by site and outcome: accepted, repeated (under an Idempotency-Key), or the problem that was answered.',
    labelNames: ['site', 'outcome'],
    registers,
  });
  const resends = new Counter({
    name: 'daypass_code_resends_total',
    help: 'Requests to mail a code again, by outcome: accepted, or the problem that was answered.',
    labelNames: ['outcome'],
    registers,
  });
  const verifications = new Counter({
    name: 'daypass_code_verifications_total',
    help: 'Codes typed in, by the way of looking them up and outcome: accepted, or the problem that was answered.',
    labelNames: ['by', 'outcome'],
    registers,
  });
  const enrolments = new Counter({
    name: 'daypass_totp_enrolments_total',
    help: 'Authenticator apps enrolled, by site and outcome: accepted, or the problem that was answered.',
    labelNames: ['site', 'outcome'],
    registers,
  });
  const totpVerifications = new Counter({
    name: 'daypass_totp_verifications_total',
    help: 'Codes of authenticator apps typed in, by what for and outcome: accepted, or the problem that was answered.',
    labelNames: ['by', 'outcome'],
    registers,
  });
  const limited = new Counter({
    name: 'daypass_limit_refusals_total',
    help: 'Requests of any kind that a limit refused, by the limit, and by the site where a request names one: a code that is typed in does not.',
    labelNames: ['limit', 'site'],
    registers,
  });
  const proofs = new Counter({
    name: 'daypass_proofs_of_work_total',
    help: 'Requests for a code that needed a proof of work, by site and outcome: accepted, missing, invalid, or used before.',
    labelNames: ['site', 'outcome'],
    registers,
  });
  const reported = new Counter({
    name: 'daypass_mail_reports_total',
    help: 'Bounces and complaints that were reported, by kind and outcome: suppressed, counted, foreign, old.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  // There before the first, so that the first is seen.
  for (const kind of ['hard-bounce', 'soft-bounce', 'complaint']) {
    for (const outcome of ['suppressed', 'counted', 'foreign', 'old']) reported.inc({ kind, outcome }, 0);
  }
  const typing = new Histogram({
    name: 'daypass_code_acceptance_to_verified_seconds',
    help: 'From the mail server accepting a code to the visitor getting in with it.',
    buckets: humanBuckets,
    registers,
  });
  const durations = new Histogram({
    name: 'daypass_http_request_duration_seconds',
    help: 'HTTP requests answered on the public listener.',
    labelNames: ['method', 'route', 'status'],
    buckets: durationBuckets,
    registers,
  });

  // Looked up by labels each time it is a tenth of what Fastify does for a request. Routes and statuses are few.
  const byAnswer = new Map<string, ReturnType<typeof durations.labels>>();
  const durationOf = (method: string, route: string, status: number) => {
    const key = `${method} ${status} ${route}`;
    const found = byAnswer.get(key) ?? durations.labels({ method, route, status: String(status) });
    byAnswer.set(key, found);
    return found;
  };

  const known = (site: string) => (sites.byId(site) ? site : 'unknown');
  /** What an outcome is called. That a limit refused is counted along the way. */
  const name = (outcome: Outcome, site = '') => {
    if (outcome.ok) return 'repeated' in outcome ? 'repeated' : 'accepted';
    if (outcome.limit) limited.inc({ limit: outcome.limit, site });
    return outcome.code;
  };
  return {
    codeRequested(site, outcome) {
      const counted = { site: known(site), outcome: name(outcome, known(site)) };
      const key = `${counted.site} ${counted.outcome}`;
      const tally = requestTally.get(key) ?? { ...counted, count: 0 };
      tally.count += 1;
      requestTally.set(key, tally);
      if (outcome.ok && outcome.proven) proofs.inc({ site, outcome: 'accepted' });
      if (!outcome.ok && outcome.code === 'proof_required') proofs.inc({ site, outcome: outcome.proofFault ?? 'missing' });
    },
    codeResent: (outcome) => resends.inc({ outcome: name(outcome) }),
    codeVerified(by, outcome) {
      verifications.inc({ by, outcome: name(outcome) });
      if (outcome.ok && outcome.acceptedAt) {
        typing.observe(Math.max(0, (now().getTime() - outcome.acceptedAt.getTime()) / 1000));
      }
    },
    totpEnrolled: (site, outcome) => enrolments.inc({ site: known(site), outcome: name(outcome, known(site)) }),
    totpVerified: (by, outcome) => totpVerifications.inc({ by, outcome: name(outcome) }),
    mailReported: (kind, outcome) => reported.inc({ kind, outcome }),
    watchWatchers(count) {
      registry.registerMetric(
        new Gauge({
          name: 'daypass_status_watchers',
          help: 'Who listens to the status of a code as it changes.',
          registers: [registry],
          collect() {
            this.set(count());
          },
        }),
      );
    },
    answered: (method, route, status, seconds) => durationOf(method, route, status).observe(seconds),
  };
}
