import { errors, jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { refuse, type Refusal } from '../errors.ts';
import type { IndexKey } from '../keys/index-key.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import type { Proof } from './proof.ts';
import type { Revocations } from './revocations.ts';

/** How long the other proof may take. */
export const halfPassSeconds = 10 * 60;

/** The `typ` of a half pass: no other token of ours has it, and it has that of no other. */
const halfPassType = 'daypass-half+jwt';
const algorithm = 'HS256';
const requiredClaims = ['iss', 'aud', 'sub', 'exp', 'site', 'amr', 'auth_time'];

interface Dependencies {
  issuer: string;
  indexKey: IndexKey;
  now: Clock;
}

/**
 * Makes what a visitor gets for one proof where a site asks for two. Only Daypass can check it: it is signed with a
 * key that is not published, so that nobody who verifies passes offline takes it for one, whatever they look at.
 */
export function createMakeHalfPass(
  dependencies: Dependencies & { randomBytes: RandomBytes },
): (proof: Proof) => Promise<string> {
  const { issuer, indexKey, now, randomBytes } = dependencies;

  return ({ subject, site, methods, provenAt, email, device }) =>
    new SignJWT({
      site,
      amr: methods,
      auth_time: seconds(provenAt),
      ...(email !== undefined && { email }),
      ...(device !== undefined && { device }),
    })
      .setProtectedHeader({ alg: algorithm, typ: halfPassType })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setSubject(subject)
      .setJti(Buffer.from(randomBytes(16)).toString('base64url'))
      .setExpirationTime(seconds(now()) + halfPassSeconds)
      .sign(indexKey.halfPass);
}

/** Checks a half pass: it ends with the passes of its visitor. */
export function createVerifyHalfPass({
  issuer,
  indexKey,
  revocations,
  now,
}: Dependencies & { revocations: Pick<Revocations, 'include'> }): (token: string) => Promise<({ ok: true } & Proof) | Refusal> {
  return async (token) => {
    const proof = await read(token);
    return proof && !(await revocations.include({ ...proof, issuedAt: proof.provenAt })) ? proof : refuse('pass_invalid');
  };

  async function read(token: string) {
    try {
      const { payload } = await jwtVerify(token, indexKey.halfPass, {
        algorithms: [algorithm],
        typ: halfPassType,
        issuer,
        audience: issuer,
        requiredClaims,
        currentDate: now(),
      });
      return proofOf(payload);
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}

function proofOf({ sub, site, amr, auth_time, email, device }: JWTPayload): ({ ok: true } & Proof) | undefined {
  if (sub === undefined || typeof site !== 'string' || !Array.isArray(amr) || typeof auth_time !== 'number') return undefined;
  return {
    ok: true,
    subject: sub,
    site,
    methods: amr.map(String),
    provenAt: new Date(auth_time * 1000),
    ...(typeof email === 'string' && { email }),
    ...(typeof device === 'string' && { device }),
  };
}

function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
