import { createHash, timingSafeEqual } from 'node:crypto';
import type { OpsUser } from '@daypass/runtime/api-variables';

/**
 * Who signs in with HTTP Basic (RFC 7617), or `undefined`. Digests are compared, so that neither length nor prefix of
 * a secret shows in the time it takes.
 */
export function signIn(users: readonly OpsUser[], authorization: string | undefined): string | undefined {
  const [scheme, encoded = ''] = (authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  const given = sha256(Buffer.from(encoded, 'base64').toString());
  const matching = users.filter(({ name, secret }) => timingSafeEqual(sha256(`${name}:${secret}`), given));
  return matching[0]?.name;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
