import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

/** What a pass says. */
export interface Pass {
  /** Stands for this visitor at this site, and nowhere else. */
  subject: string;
  /** How they showed who they are: `email`, `otp`. */
  methods: string[];
  /** When they did. */
  provenAt: Date;
  expiresAt: Date;
  /** Where the site's passes carry it. */
  email?: string;
}

const keysMaxAgeMs = 5 * 60_000;
const keysTimeoutMs = 3_000;
const clockToleranceSeconds = 5;
const requiredClaims = ['sub', 'jti', 'iat', 'nbf', 'exp', 'amr', 'auth_time'];

/**
 * Verifies passes in a backend, without asking Daypass about each: its public keys are fetched when they are first
 * needed and kept for five minutes. A pass that was taken back is therefore valid here until it ends; who has to know at
 * once asks `GET /v1/pass`.
 *
 * @param issuer PUBLIC_URL of Daypass
 * @param site whose passes these are
 * @returns the pass, or `undefined` for what is none. Throws when the keys cannot be fetched.
 */
export function createVerifyPass({ issuer, site }: { issuer: string; site: string }): (token: string) => Promise<Pass | undefined> {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer), {
    cacheMaxAge: keysMaxAgeMs,
    timeoutDuration: keysTimeoutMs,
  });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['EdDSA'],
        typ: 'at+jwt',
        issuer,
        audience: site,
        requiredClaims,
        clockTolerance: clockToleranceSeconds,
      });
      const { sub = '', aud, amr, auth_time: provenAt, exp = 0, email } = payload;
      if (typeof aud !== 'string' || !Array.isArray(amr) || typeof provenAt !== 'number') return undefined;
      return {
        subject: sub,
        methods: amr.map(String),
        provenAt: new Date(provenAt * 1000),
        expiresAt: new Date(exp * 1000),
        ...(typeof email === 'string' && { email }),
      };
    } catch (error) {
      if (error instanceof errors.JOSEError && !fetchFailed(error)) return undefined;
      throw error;
    }
  };
}

/** It is not the token's fault. */
function fetchFailed({ code }: errors.JOSEError): boolean {
  return code === 'ERR_JWKS_TIMEOUT' || code === 'ERR_JWKS_INVALID' || code === 'ERR_JOSE_GENERIC';
}
