import { hash, type KeyObject } from 'node:crypto';

// Digests are taken as texts of their bytes: the memory of a Buffer that Node makes for one costs as much as the digest.

const blockBytes = 64;
const digestBytes = 32;

/** A key as HMAC uses it (RFC 2104 §2), and room for what is hashed after it. */
interface Pads {
  inner: Buffer;
  outer: Buffer;
}
const padsOf = new WeakMap<KeyObject, Pads>();
/** Longer than any list of ours; what is longer gets room of its own. */
const roomBytes = 4_096;

/**
 * HMAC-SHA256 over a list of texts. Each is preceded by its length, so that no two different lists
 * give the same bytes.
 *
 * @returns base64url
 */
export function mac(key: KeyObject, parts: readonly string[]): string {
  let text = '';
  for (const part of parts) text += `${Buffer.byteLength(part)}:${part}`;
  return hash('sha256', outerOf(key, text), 'base64url');
}

/**
 * The same over bytes.
 *
 * @returns its bytes as a text, which a Buffer writes as `binary`
 */
export function macOfBytes(key: KeyObject, bytes: Uint8Array): string {
  return hash('sha256', outerOf(key, bytes), 'binary');
}

/**
 * What the second hash of an HMAC is over. Two hashes that are over at once, because an Hmac object is made and collected
 * for each MAC, of which a request has four.
 */
function outerOf(key: KeyObject, message: string | Uint8Array): Buffer {
  const { inner, outer } = padsOf.get(key) ?? makePads(key);
  const size = Buffer.byteLength(message);
  const block = size > roomBytes ? Buffer.concat([inner.subarray(0, blockBytes), Buffer.alloc(size)]) : inner;
  if (typeof message === 'string') block.write(message, blockBytes, 'utf8');
  else block.set(message, blockBytes);
  outer.write(hash('sha256', block.subarray(0, blockBytes + size), 'binary'), blockBytes, 'binary');
  return outer;
}

function makePads(key: KeyObject): Pads {
  const bytes = key.export();
  if (bytes.length > blockBytes) throw new RangeError(`a MAC key has at most ${blockBytes} bytes`);
  const pad = (filler: number, size: number) => {
    const block = Buffer.alloc(size);
    block.fill(filler, 0, blockBytes);
    for (const [index, byte] of bytes.entries()) block[index] = byte ^ filler;
    return block;
  };
  const pads = { inner: pad(0x36, blockBytes + roomBytes), outer: pad(0x5c, blockBytes + digestBytes) };
  padsOf.set(key, pads);
  return pads;
}
