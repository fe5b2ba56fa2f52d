import type { IndexKey } from '../keys/index-key.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import type { Site } from '../sites/site.ts';
import { makeDeviceToken } from './device-token.ts';
import type { Grant } from './grant.ts';
import { halfPassSeconds } from './half-pass.ts';
import type { Proof } from './proof.ts';
import { subjectOf, type Method, type Visitor } from './visitor.ts';

export type Admission =
  | ({ full: true } & Grant)
  /** One proof of the two that the site asks for. */
  | { full: false; halfPass: string; expiresInSeconds: number; subject: string; site: string; missing: Method[] };

const allMethods: readonly Method[] = ['email', 'otp'];

/**
 * Lets in who has just shown who they are by one method, together with what they had shown before. What they had shown
 * counts if it was the same visitor at the same site, within the lifetime of a pass: otherwise an old proof could be
 * carried on from pass to pass without end.
 */
export function createAdmit(dependencies: {
  indexKey: IndexKey;
  grant: (visitor: Visitor, methods: readonly string[], provenAt: Date) => Promise<Grant>;
  makeHalfPass: (proof: Proof) => Promise<string>;
  now: Clock;
  randomBytes: RandomBytes;
}): (visitor: Visitor, method: Method, earlier?: Proof) => Promise<Admission> {
  const { indexKey, grant, makeHalfPass, now, randomBytes } = dependencies;

  return async (visitor, method, earlier) => {
    const { site } = visitor;
    const adds = earlier && earlier.subject === subjectOf(indexKey, visitor) && addsTo(earlier, method, site, now());
    const carried = adds ? earlier : undefined;
    const methods = [method, ...(carried?.methods.filter((shown) => shown !== method) ?? [])];
    const provenAt = carried?.provenAt ?? now();
    const email = visitor.email ?? (site.passCarriesEmail ? carried?.email : undefined);
    const named = { ...visitor, ...(email !== undefined && { email }) };

    const missing = allMethods.filter((wanted) => !methods.includes(wanted));
    if (site.methods === 'either' || missing.length === 0) {
      return { full: true, ...(carried?.device !== undefined && { device: carried.device }), ...(await grant(named, methods, provenAt)) };
    }
    const subject = subjectOf(indexKey, visitor);
    const device = 'addressDigest' in visitor ? makeDeviceToken(indexKey, visitor.addressDigest, now(), randomBytes) : undefined;
    const proof = { subject, site: site.id, methods, provenAt, ...(email !== undefined && { email }), ...(device !== undefined && { device }) };
    const halfPass = await makeHalfPass(proof);
    return { full: false, halfPass, expiresInSeconds: halfPassSeconds, subject, site: site.id, missing };
  };
}

function addsTo({ site: shownAt, methods, provenAt }: Proof, method: Method, site: Site, now: Date): boolean {
  const ageSeconds = (now.getTime() - provenAt.getTime()) / 1000;
  return shownAt === site.id && ageSeconds <= site.passTtlSeconds && methods.some((shown) => shown !== method);
}
