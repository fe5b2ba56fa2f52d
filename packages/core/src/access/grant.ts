import { SignJWT } from 'jose';
import type { ProvenAddress } from '../codes/proven-address.ts';
import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import type { Clock, RandomBytes } from '../ports.ts';
import { makeDeviceToken } from './device-token.ts';

/** How a visitor showed who they are, in the words of the `amr` claim (RFC 8176 §2 where it has one). */
export type Method = 'email' | 'otp';

export interface Grant {
  accessToken: string;
  expiresInSeconds: number;
  subject: string;
  site: string;
  device: string;
}

/** Another machine's clock may be behind ours: a pass is good there too, at once (RFC 7519 §4.1.5). */
const clockMarginSeconds = 120;

/** The `typ` of a pass (RFC 9068 §2.1), so that no other token of ours is ever taken for one. */
export const passType = 'at+jwt';

/**
 * Makes the pass of a visitor who has proven an address: a signed access token (RFC 9068) for one site.
 * The subject is pairwise (OpenID Connect Core §8.1): the same visitor is somebody else at every site.
 */
export function createGrant(dependencies: {
  issuer: string;
  indexKey: IndexKey;
  signingKeys: SigningKeys;
  now: Clock;
  randomBytes: RandomBytes;
}): (visitor: ProvenAddress, methods: readonly Method[]) => Promise<Grant> {
  const { issuer, indexKey, signingKeys, now, randomBytes } = dependencies;
  const { kid, privateKey } = signingKeys.active;

  return async ({ site, addressDigest, email }, methods) => {
    const issuedAt = now();
    const seconds = Math.floor(issuedAt.getTime() / 1000);
    const subject = mac(indexKey.subject, [site.id, addressDigest]).toString('base64url');
    const claims = {
      client_id: site.id,
      amr: methods,
      auth_time: seconds,
      ...(email !== undefined && { email }),
    };
    const accessToken = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: passType })
      .setIssuer(issuer)
      .setAudience(site.id)
      .setSubject(subject)
      .setJti(Buffer.from(randomBytes(16)).toString('base64url'))
      .setIssuedAt(seconds)
      .setNotBefore(seconds - clockMarginSeconds)
      .setExpirationTime(seconds + site.passTtlSeconds)
      .sign(privateKey);

    return {
      accessToken,
      expiresInSeconds: site.passTtlSeconds,
      subject,
      site: site.id,
      device: makeDeviceToken(indexKey, addressDigest, issuedAt, randomBytes),
    };
  };
}
