import { createLocalJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { refuse, type Refusal } from '../errors.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Clock } from '../ports.ts';
import type { Sites } from '../sites/sites.ts';
import { passType } from './grant.ts';
import type { Proof } from './proof.ts';
import type { Revocations } from './revocations.ts';

export interface Pass extends Proof {
  ok: true;
  /** `jti` */
  id: string;
  issuedAt: Date;
  expiresAt: Date;
}

/** A token is about 500 bytes: a few megabytes. */
const maxRemembered = 5_000;

/** Everything a pass of ours has. jose would take a token without `exp`: it is named here so that it does not. */
const requiredClaims = ['iss', 'aud', 'sub', 'jti', 'iat', 'nbf', 'exp', 'amr', 'auth_time'];

/**
 * Checks a pass: signature, algorithm, type, issuer, audience, not-before and expiry (RFC 9068 §4), and whether it was
 * taken back. Throws when that cannot be known.
 */
export function createVerifyPass(dependencies: {
  issuer: string;
  sites: Sites;
  signingKeys: SigningKeys;
  revocations: Pick<Revocations, 'include'>;
  now: Clock;
}): (token: string) => Promise<Pass | Refusal> {
  const { issuer, sites, signingKeys, revocations, now } = dependencies;
  const keySet = createLocalJWKSet(signingKeys.jwks);
  /** Those that were verified last, the oldest first. A page that loads fifty things shows one pass fifty times. */
  const verified = new Map<string, Pass>();

  return async (token) => {
    const pass = recall(token) ?? (await read(token));
    // The audience is one of the sites as they are now.
    return pass && sites.byId(pass.site) && !(await revocations.include(pass)) ? pass : refuse('pass_invalid');
  };

  async function read(token: string): Promise<Pass | undefined> {
    try {
      const { payload } = await jwtVerify(token, keySet, {
        algorithms: ['EdDSA'],
        typ: passType,
        issuer,
        requiredClaims,
        currentDate: now(),
      });
      return remember(token, passOf(payload));
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** Of what was checked before only the time can have made something else. */
  function recall(token: string): Pass | undefined {
    const pass = verified.get(token);
    return pass && now() < pass.expiresAt ? pass : undefined;
  }

  function remember(token: string, pass: Pass | undefined): Pass | undefined {
    if (!pass) return undefined;
    if (verified.size >= maxRemembered) for (const [oldest] of [...verified].slice(0, maxRemembered / 10)) verified.delete(oldest);
    verified.set(token, pass);
    return pass;
  }
}

function passOf({ sub, aud, jti, amr, auth_time, iat, exp, email }: JWTPayload): Pass | undefined {
  if (sub === undefined || jti === undefined || iat === undefined || exp === undefined) return undefined;
  if (typeof aud !== 'string' || !Array.isArray(amr) || typeof auth_time !== 'number') return undefined;
  return {
    ok: true,
    id: jti,
    subject: sub,
    site: aud,
    methods: amr.map(String),
    provenAt: new Date(auth_time * 1000),
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(exp * 1000),
    ...(typeof email === 'string' && { email }),
  };
}
