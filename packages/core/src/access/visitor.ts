import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { Site } from '../sites/site.ts';

/** How a visitor showed who they are, in the words of the `amr` claim (RFC 8176 §2 where it has one). */
export type Method = 'email' | 'otp';

/** Somebody who has shown who they are, by an address or by an authenticator app. */
export type Visitor = {
  site: Site;
  /** The address itself, where the site's passes say it. */
  email?: string;
} & ({ addressDigest: string } | { subject: string });

/** The same visitor is somebody else at every site: subjects are pairwise (OpenID Connect Core §8.1). */
export function subjectOf(indexKey: IndexKey, visitor: Visitor): string {
  if ('subject' in visitor) return visitor.subject;
  return mac(indexKey.subject, [visitor.site.id, visitor.addressDigest]);
}
