import { randomFillSync } from 'node:crypto';

const page = new Uint8Array(4096);
let usedUpTo = page.length;

/**
 * Bytes of the system's CSPRNG, fetched by the page: asking costs the same for one byte as for hundreds, and a request
 * for a code asks three times. What has been given out is wiped from the page.
 *
 * @param size at most a page
 */
export function randomBytes(size: number): Uint8Array {
  if (size > page.length) throw new RangeError(`at most ${page.length} random bytes at a time`);
  if (usedUpTo + size > page.length) {
    randomFillSync(page);
    usedUpTo = 0;
  }
  const from = usedUpTo;
  usedUpTo += size;
  const bytes = page.slice(from, usedUpTo);
  page.fill(0, from, usedUpTo);
  return bytes;
}
