import type { Credentials } from '@daypass/core/sites/check-credentials';

/** A header that is longer holds nothing of ours. */
const maxCharacters = 512;

/** What `Authorization: Basic` says (RFC 7617 §2), or `undefined` when it says something else. */
export function basicCredentials(authorization: string): Credentials | undefined {
  if (authorization.length > maxCharacters) return undefined;
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { site: text.slice(0, colon), secret: text.slice(colon + 1) };
}
