import { domainToASCII } from 'node:url';
import isEmail from 'validator/lib/isEmail.js';

/** An email address that mail can be handed to. */
export interface Address {
  /** As it is written on the envelope: the local part as typed (NFC), the domain in ASCII (RFC 5891). */
  delivery: string;
  /** What limits and digests count by: `delivery` in lower case. Never mail to this. */
  key: string;
  /** The domain in ASCII and lower case. */
  domain: string;
}

// RFC 5321 §4.5.3.1: 64 octets of local part, 254 of the whole (a path of 256 less its angle brackets).
const maxLocalOctets = 64;
const maxOctets = 254;

// Controls, format characters, separators, surrogates, private use, unassigned, fillers, the blank of braille:
// whatever does not show, and whatever could end a header or add a recipient.
const invisible = /[\p{C}\p{Z}\p{DI}\u{2800}]/u;
// What a URL's host may not hold (WHATWG URL, forbidden domain code points). domainToASCII() reads a URL: it would
// drop a path and undo an escape.
const notInDomain = /[#%/:<>?@[\\\]^|"]/;

// Nearly everybody's: a Dot-string of RFC 5321 §4.1.2 without the rarer marks, and a domain of at least two labels that
// is in ASCII and lower case already. Such a one is what it would become below, and is told in a fraction of the time.
const label = '(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const plain = new RegExp(`^[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@(?<domain>(?:${label}\\.)+[a-z]{2,24})$`);

/**
 * Reads what a visitor typed. Surrounding white space is forgiven, anything else that is not one plain
 * address is not: quoted local parts, comments, several addresses, literals.
 *
 * @returns `undefined` when it is not an address
 */
export function parseAddress(typed: string): Address | undefined {
  if (typed.length > 4 * maxOctets) return undefined;
  return readPlain(typed) ?? readAny(typed);
}

function readPlain(typed: string): Address | undefined {
  const domain = plain.exec(typed)?.groups?.['domain'];
  if (domain === undefined || typed.length > maxOctets || typed.lastIndexOf('@') > maxLocalOctets) return undefined;
  return { delivery: typed, key: typed.toLowerCase(), domain };
}

function readAny(typed: string): Address | undefined {
  const text = typed.trim().normalize('NFC');
  if (invisible.test(text)) return undefined;

  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const typedDomain = text.slice(at + 1);
  // A quoted local part is a second way to write the same mailbox, which would be counted apart.
  if (at < 1 || local.includes('"') || notInDomain.test(typedDomain)) return undefined;
  const domain = domainToASCII(typedDomain).toLowerCase();
  if (domain === '') return undefined;

  const delivery = `${local}@${domain}`;
  if (Buffer.byteLength(local) > maxLocalOctets || Buffer.byteLength(delivery) > maxOctets) {
    return undefined;
  }
  if (!isEmail.default(delivery, { allow_utf8_local_part: true })) return undefined;
  return { delivery, key: delivery.toLowerCase().normalize('NFC'), domain };
}
