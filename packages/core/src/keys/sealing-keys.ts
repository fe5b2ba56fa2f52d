import type { KeyObject } from 'node:crypto';
import { decodeKey } from './decode-key.ts';
import { deriveKey } from './derive-key.ts';
import { KeyError } from './key-error.ts';

export interface SealingKey {
  /** The name that a sealed value carries, so that the right key opens it after a rotation. */
  kid: string;
  seal: KeyObject;
  digest: KeyObject;
}

/** The keys behind DAYPASS_SECRETS: the first one seals, all of them open. */
export interface SealingKeys {
  active: SealingKey;
  all: readonly SealingKey[];
  /** Hears of something stored that is sealed under a key which is not among these. */
  onMissing?: (kid: string) => void;
}

const kidPattern = /^[A-Za-z0-9_-]{1,16}$/;

/** Reads DAYPASS_SECRETS: `kid:base64url of 32 bytes`, comma-separated. Throws {@link KeyError}. */
export function parseSealingKeys(text: string): SealingKeys {
  const all = text.split(',').map((entry, index) => parseEntry(entry.trim(), index + 1));
  const [active] = all;
  if (!active) throw new KeyError('wants at least one key');
  if (new Set(all.map((key) => key.kid)).size !== all.length) {
    throw new KeyError('wants every kid to be different');
  }
  return { active, all };
}

function parseEntry(entry: string, position: number): SealingKey {
  const [kid, secret, ...rest] = entry.split(':');
  if (!kid || !kidPattern.test(kid) || secret === undefined || rest.length > 0) {
    throw new KeyError(
      `entry ${position} wants kid:key, the kid 1-16 letters, digits, "-" or "_"`,
    );
  }
  try {
    const root = decodeKey(secret);
    return { kid, seal: deriveKey(root, 'seal'), digest: deriveKey(root, 'digest') };
  } catch (error) {
    if (error instanceof KeyError) throw new KeyError(`entry ${position} ${error.message}`);
    throw error;
  }
}
