import { createHash, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { DkimKey } from '@daypass/core/dkim/dkim-key';

/** What a signature covers: everything that a reader sees, and the id that bounces are known by (RFC 6376 §5.4.1). */
const signedFields = ['from', 'subject', 'date', 'message-id', 'to', 'mime-version', 'content-type', 'auto-submitted'];

// Beside the event loop: an RSA signature is a millisecond of computing.
const signAsync = promisify(sign);

/** A mail with a DKIM signature in front, relaxed/relaxed (RFC 6376 §3.4). */
export async function signDkim(raw: Buffer, domain: string, key: DkimKey): Promise<Buffer> {
  const text = raw.toString('latin1'); // Bytes, as they are.
  const end = text.indexOf('\r\n\r\n');
  const fields = new Map(unfolded(text.slice(0, end)).map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), relaxed(line)]));
  const present = signedFields.filter((name) => fields.has(name));
  const bodyHash = createHash('sha256').update(relaxedBody(text.slice(end + 4)), 'latin1').digest('base64');
  const header = [
    `DKIM-Signature: v=1; a=${key.algorithm}; c=relaxed/relaxed; d=${domain}; q=dns/txt;`,
    ` s=${key.selector}; bh=${bodyHash};`,
    ` h=${present.join(':')};`,
    ' b=',
  ].join('\r\n');

  const covered = [...present.map((name) => fields.get(name)), relaxed(unfold(header))].join('\r\n');
  const signature = (await signatureOf(Buffer.from(covered, 'latin1'), key)).toString('base64').replaceAll(/.{72}(?=.)/g, '$&\r\n ');
  return Buffer.concat([Buffer.from(`${header}${signature}\r\n`), raw]);
}

function signatureOf(covered: Buffer, { privateKey, algorithm }: DkimKey): Promise<Buffer> {
  if (algorithm === 'rsa-sha256') return signAsync('sha256', covered, privateKey);
  // RFC 8463 §3: what is signed is the hash.
  return signAsync(null, createHash('sha256').update(covered).digest(), privateKey);
}

function unfolded(head: string): string[] {
  return unfold(head).split('\r\n');
}

function unfold(text: string): string {
  return text.replaceAll(/\r\n(?=[ \t])/g, '');
}

/** RFC 6376 §3.4.2 */
function relaxed(line: string): string {
  const colon = line.indexOf(':');
  const value = line.slice(colon + 1).replaceAll(/[ \t]+/g, ' ');
  return `${line.slice(0, colon).toLowerCase().trimEnd()}:${value.replace(/^ /, '').replace(/ $/, '')}`;
}

/** RFC 6376 §3.4.4 */
function relaxedBody(body: string): string {
  const lines = body.replaceAll(/[ \t]+/g, ' ').replaceAll(/ (?=\r\n|$)/g, '');
  const trimmed = lines.replace(/(\r\n)+$/, '');
  return trimmed === '' ? '' : `${trimmed}\r\n`;
}
