import { generateURI, ScureBase32Plugin } from 'otplib';
import { stepSeconds, type TotpKey } from './totp-code.ts';

const base32 = new ScureBase32Plugin();

/** What stands beside the site's name in an app whose holder gave no label. */
const defaultLabel = 'visitor';
const maxCharacters = 40;

/** A secret as people type it: base32 (RFC 4648 §6) without padding. */
export function writeSecret(secret: Uint8Array): string {
  return base32.encode(secret, { padding: false });
}

/**
 * The address that an authenticator app reads from a QR code. The part before the first `:` of its path is who the app
 * says the code is for, so neither name nor label can hold another one, nor a character that looks like it or turns
 * the text around.
 */
export function otpauthUri(key: TotpKey, siteName: string, label: string | undefined): string {
  return generateURI({
    issuer: plain(siteName) || 'Daypass',
    label: plain(label ?? '') || defaultLabel,
    secret: writeSecret(key.secret),
    algorithm: key.algorithm.toLowerCase() as 'sha1' | 'sha256' | 'sha512',
    digits: key.digits,
    period: stepSeconds,
  });
}

/** Letters, digits and a few marks. Modifier letters are out: one of them is a colon to the eye. */
function plain(text: string): string {
  const characters = [...text.normalize('NFKC').trim()].slice(0, maxCharacters);
  return characters.map((character) => (/[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{N} ._@+-]/u.test(character) ? character : '-')).join('');
}
