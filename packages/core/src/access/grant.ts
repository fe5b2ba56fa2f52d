import type { IndexKey } from '../keys/index-key.ts';
import { signJwt } from '../keys/sign-jwt.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import { makeDeviceToken } from './device-token.ts';
import { subjectOf, type Visitor } from './visitor.ts';

export interface Grant {
  accessToken: string;
  expiresInSeconds: number;
  subject: string;
  site: string;
  /** The known-browser token, where an address was proven. */
  device?: string;
}

/** Another machine's clock may be behind ours: a pass is good there too, at once (RFC 7519 §4.1.5). */
const clockMarginSeconds = 120;

/** The `typ` of a pass (RFC 9068 §2.1), so that no other token of ours is ever taken for one. */
export const passType = 'at+jwt';

/**
 * Makes the pass of a visitor who has shown who they are: a signed access token (RFC 9068) for one site. `provenAt` is
 * when the oldest of the methods was shown, if that was not just now.
 */
export function createGrant(dependencies: {
  issuer: string;
  indexKey: IndexKey;
  signingKeys: SigningKeys;
  now: Clock;
  randomBytes: RandomBytes;
}): (visitor: Visitor, methods: readonly string[], provenAt?: Date) => Promise<Grant> {
  const { issuer, indexKey, signingKeys, now, randomBytes } = dependencies;
  const { kid, privateKey } = signingKeys.active;

  return async (visitor, methods, provenAt) => {
    const { site, email } = visitor;
    const issuedAt = now();
    const seconds = Math.floor(issuedAt.getTime() / 1000);
    const subject = subjectOf(indexKey, visitor);
    // RFC 9068 §2.2.
    const claims = {
      iss: issuer,
      aud: site.id,
      sub: subject,
      client_id: site.id,
      jti: Buffer.from(randomBytes(16)).toString('base64url'),
      iat: seconds,
      nbf: seconds - clockMarginSeconds,
      exp: seconds + site.passTtlSeconds,
      amr: methods,
      auth_time: provenAt ? Math.floor(provenAt.getTime() / 1000) : seconds,
      ...(email !== undefined && { email }),
    };
    const accessToken = signJwt({ kid, typ: passType }, claims, privateKey);

    return {
      accessToken,
      expiresInSeconds: site.passTtlSeconds,
      subject,
      site: site.id,
      ...('addressDigest' in visitor && {
        device: makeDeviceToken(indexKey, visitor.addressDigest, issuedAt, randomBytes),
      }),
    };
  };
}
