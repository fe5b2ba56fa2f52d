import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

/**
 * Makes a check of passes that asks Daypass for nothing but its keys, which jose keeps.
 *
 * A pass that was ended before its time is good here until it expires: ask GET /v1/pass where that matters.
 */
export function createVerifyPass({ issuer, site }) {
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer));
  // Each of these matters. Without `audience`, a pass for another site of the same Daypass would do.
  const wanted = { issuer, audience: site, typ: 'at+jwt', algorithms: ['EdDSA'], requiredClaims: ['exp', 'sub'] };

  return async (pass) => {
    try {
      const { payload } = await jwtVerify(pass, keys, wanted);
      return { subject: payload.sub, expiresAt: new Date(payload.exp * 1000) };
    } catch (error) {
      // A pass that is wrong is none. That the keys could not be fetched says nothing about the pass.
      const isAway = !(error instanceof errors.JOSEError) || ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT'].includes(error.code);
      if (isAway) throw error;
      return undefined;
    }
  };
}
