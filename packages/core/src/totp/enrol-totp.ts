import type { Proof } from '../access/proof.ts';
import { after } from '../codes/locate-challenge.ts';
import { refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { SealingKeys } from '../keys/sealing-keys.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { enrolmentLimit } from '../limits/policy.ts';
import { refuseByLimit } from '../limits/refuse-by-limit.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import { refuseUnknownSite } from '../sites/refuse-unknown-site.ts';
import type { Site } from '../sites/site.ts';
import type { Sites } from '../sites/sites.ts';
import { pendingSeconds, type EnrolmentStore } from './enrolment.ts';
import { sealEnrolment } from './enrolment-seal.ts';
import { anonymousSubject, digestHolder } from './holder.ts';
import { otpauthUri, writeSecret } from './otpauth-uri.ts';

/** RFC 4226 §4, R6: 160 bits are recommended. */
const secretBytes = 20;
const idBytes = 16;

export interface EnrolTotpInput {
  /** The site of the proof when it is not named, or else the one called `default`. */
  site?: string;
  /** What the app shows beside the site's name. It is not kept. */
  label?: string;
  ip: string;
  /** The pass, or half pass, of the visitor whom the app is to stand for. */
  proof?: Proof & { half: boolean };
}

/** What an app is set up with. None of it is ever told again. */
export interface TotpTicket {
  ok: true;
  id: string;
  site: Site;
  /** Base32, without spaces. */
  secret: string;
  uri: string;
  expiresInSeconds: number;
}

/** Makes an enrolment that waits for its first code. */
export function createEnrolTotp(dependencies: {
  sites: Sites;
  indexKey: IndexKey;
  sealingKeys: SealingKeys;
  enrolments: EnrolmentStore;
  spendLimits: SpendLimits;
  now: Clock;
  randomBytes: RandomBytes;
}): (input: EnrolTotpInput) => Promise<TotpTicket | Refusal> {
  const { sites, indexKey, sealingKeys, enrolments, spendLimits, now, randomBytes } = dependencies;

  return async ({ site: wanted, label, ip, proof }) => {
    const siteId = wanted ?? proof?.site ?? 'default';
    const site = sites.byId(siteId);
    if (!site) return refuseUnknownSite(siteId);

    const at = now();
    const refusal = await refuseHolder(site, proof, at);
    if (refusal) return refusal;
    const spent = await spendLimits([enrolmentLimit(indexKey, ip)], at);
    if (!spent.ok) return refuseByLimit(spent);
    try {
      return await enrol(site, label, proof, at);
    } catch (error) {
      await spent.refund().catch(() => undefined); // What the caller must hear of is the store.
      throw error;
    }
  };

  async function refuseHolder(site: Site, proof: EnrolTotpInput['proof'], at: Date): Promise<Refusal | undefined> {
    if (!proof) {
      const open = site.totp.anonymous && site.methods === 'either';
      return open ? undefined : refuse('pass_required', { detail: 'This site wants a pass with it.' });
    }
    if (proof.site !== site.id) return refuse('pass_invalid', { detail: 'The pass is for another site.' });
    if (!proof.half) return undefined;
    // With an emailed code alone a visitor may enrol their first app, and not one in the place of what they have.
    const first = proof.methods.includes('email') && !(await enrolments.holdsOne(holderOf(site, proof), at));
    if (site.methods === 'both' && first) return undefined;
    return refuse('pass_required', { detail: 'Get in with the authenticator app that is already enrolled, first.' });
  }

  async function enrol(site: Site, label: string | undefined, proof: Proof | undefined, at: Date): Promise<TotpTicket> {
    const id = Buffer.from(randomBytes(idBytes)).toString('base64url');
    const createdAt = at;
    const subject = proof?.subject ?? anonymousSubject(indexKey, site, id);
    const { algorithm, digits } = site.totp;
    const key = { secret: randomBytes(secretBytes), algorithm, digits };
    const bound = { id, site: site.id, createdAt };
    await enrolments.add({
      ...bound,
      ...sealEnrolment(sealingKeys, bound, { ...key, subject }, randomBytes),
      holderDigest: holderOf(site, { subject }),
      pendingUntil: after(createdAt, pendingSeconds),
    });
    const uri = otpauthUri(key, site.name, label);
    return { ok: true, id, site, secret: writeSecret(key.secret), uri, expiresInSeconds: pendingSeconds };
  }

  function holderOf(site: Site, { subject }: { subject: string }): string {
    return digestHolder(indexKey, site.id, subject);
  }
}
