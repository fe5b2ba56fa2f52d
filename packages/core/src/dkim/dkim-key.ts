import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** What mails of some domains are signed with (RFC 6376). */
export interface DkimKey {
  selector: string;
  privateKey: KeyObject;
  algorithm: 'rsa-sha256' | 'ed25519-sha256';
}

/**
 * Reads a private key as PEM: RSA of 2048 bits or more, or Ed25519 (RFC 8463). Throws what is wrong, without the key.
 */
export function parseDkimKey(selector: string, pem: string): DkimKey {
  const privateKey = readPem(pem);
  const type = privateKey.asymmetricKeyType;
  if (type === 'ed25519') return { selector, privateKey, algorithm: 'ed25519-sha256' };
  if (type !== 'rsa') throw new Error('a key that is neither RSA nor Ed25519');
  // RFC 8301 §3.2: verifiers need not accept less than 1024, and large ones do not.
  if ((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error('an RSA key of less than 2048 bits');
  return { selector, privateKey, algorithm: 'rsa-sha256' };
}

/** What the `p=` of the key's DNS record has to say: RSA as SubjectPublicKeyInfo, Ed25519 as its 32 bytes. */
export function publicPartOf({ privateKey, algorithm }: DkimKey): string {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return (algorithm === 'rsa-sha256' ? spki : spki.subarray(-32)).toString('base64');
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new Error('no private key in PEM');
  }
}
