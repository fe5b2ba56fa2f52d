import type { Proof } from '../access/proof.ts';
import { refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Clock } from '../ports.ts';
import type { EnrolmentStore } from './enrolment.ts';
import { digestHolder } from './holder.ts';

/** Ends an enrolment of the visitor whose pass it is. Doing it again changes nothing. */
export function createEndTotp(dependencies: {
  indexKey: IndexKey;
  enrolments: EnrolmentStore;
  now: Clock;
}): (input: { id: string; pass: Proof }) => Promise<{ ok: true } | Refusal> {
  const { indexKey, enrolments, now } = dependencies;

  return async ({ id, pass }) => {
    const holder = digestHolder(indexKey, pass.site, pass.subject);
    return (await enrolments.end(id, holder, now())) ? { ok: true } : refuse('totp_unknown');
  };
}
