import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';
import { KeyError } from './key-error.ts';

/** The keys behind DAYPASS_SIGNING_KEYS: the first signs, all of them are published. */
export interface SigningKeys {
  active: { kid: string; privateKey: KeyObject };
  /** The public halves (RFC 7517 §5), as served at /.well-known/jwks.json. */
  jwks: JSONWebKeySet;
}

const wanted = 'wants a JSON array of Ed25519 private JWKs: {"kty":"OKP","crv":"Ed25519","x":…,"d":…}';

/** Reads DAYPASS_SIGNING_KEYS. A key without `kid` is named by its thumbprint (RFC 7638). Throws {@link KeyError}. */
export function parseSigningKeys(text: string): SigningKeys {
  const keys = parseArray(text).map(parseKey);
  const [first] = keys;
  if (!first) throw new KeyError(wanted);
  if (new Set(keys.map((key) => key.kid)).size !== keys.length) {
    throw new KeyError('wants every kid to be different');
  }
  return {
    active: { kid: first.kid, privateKey: first.privateKey },
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

  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = namedKid(value) ?? thumbprint(x);
  return { kid, privateKey, publicJwk: { kty: 'OKP', crv: 'Ed25519', x, kid, use: 'sig', alg: 'EdDSA' } };
}

/** RFC 7638 §3: the required members (RFC 8037 §2 names them) in alphabetical order, without white space. */
function thumbprint(x: string): string {
  return createHash('sha256').update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x })).digest('base64url');
}

function importKey(value: unknown): KeyObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    const key = createPrivateKey({ key: { ...value }, format: 'jwk' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

function namedKid(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('kid' in value)) return undefined;
  return typeof value.kid === 'string' && value.kid !== '' ? value.kid : undefined;
}
