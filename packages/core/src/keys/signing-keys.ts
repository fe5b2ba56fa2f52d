import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { KeyError } from './key-error.ts';

/**
 * The keys behind DAYPASS_SIGNING_KEYS: the first Ed25519 key signs passes, all of them are published. RSA keys sign
 * nothing but the ID tokens of OpenID Connect clients that know no other algorithm (ADR 15).
 */
export interface SigningKeys {
  active: { kid: string; privateKey: KeyObject };
  /** All of them with their private halves, for signing ID tokens. Made when asked for: what is only held can be printed. */
  privateKeys: () => JWK[];
  /** The public halves (RFC 7517 §5), as served at /.well-known/jwks.json. */
  jwks: JSONWebKeySet;
}

const wanted =
  'wants a JSON array of private JWKs, at least one of them Ed25519: {"kty":"OKP","crv":"Ed25519","x":…,"d":…}, the others that or RSA of 2048 bits or more';

/** Reads DAYPASS_SIGNING_KEYS. A key without `kid` is named by its thumbprint (RFC 7638). Throws {@link KeyError}. */
export function parseSigningKeys(text: string): SigningKeys {
  const keys = parseArray(text).map(parseKey);
  const first = keys.find(({ publicJwk }) => publicJwk.alg === 'EdDSA');
  if (!first) throw new KeyError(wanted);
  if (new Set(keys.map((key) => key.kid)).size !== keys.length) {
    throw new KeyError('wants every kid to be different');
  }
  return {
    active: { kid: first.kid, privateKey: first.privateKey },
    privateKeys: () => keys.map(({ privateKey, publicJwk }) => ({ ...privateKey.export({ format: 'jwk' }), ...publicJwk })),
    jwks: { keys: keys.map((key) => key.publicJwk) },
  };
}

function parseArray(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(text);
    if (Array.isArray(parsed)) return parsed;
  } catch {
    // The parser's message would quote the value.
  }
  throw new KeyError(wanted);
}

function parseKey(value: unknown, index: number): { kid: string; privateKey: KeyObject; publicJwk: JWK } {
  const privateKey = importKey(value);
  if (!privateKey) throw new KeyError(`entry ${index + 1} is not such a key: it ${wanted}`);

  const { x, n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  // RFC 7638 §3: the required members (RFC 8037 §2 names those of Ed25519) in alphabetical order.
  const members = privateKey.asymmetricKeyType === 'rsa' ? { e, kty: 'RSA', n } : { crv: 'Ed25519', kty: 'OKP', x };
  const kid = namedKid(value) ?? thumbprint(members);
  const alg = members.kty === 'RSA' ? 'RS256' : 'EdDSA';
  return { kid, privateKey, publicJwk: { ...members, kid, use: 'sig', alg } as JWK };
}

function thumbprint(members: object): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

function importKey(value: unknown): KeyObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    const key = createPrivateKey({ key: { ...value }, format: 'jwk' });
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
    return type === 'ed25519' || (type === 'rsa' && (details?.modulusLength ?? 0) >= 2048) ? key : undefined;
  } catch {
    return undefined;
  }
}

function namedKid(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('kid' in value)) return undefined;
  return typeof value.kid === 'string' && value.kid !== '' ? value.kid : undefined;
}
