import type { Puzzle } from './problem.ts';

/** What a solver is told, and what it answers: the counter and the key derived from it, or `undefined`. */
export interface Solution {
  counter: number;
  derivedKey: string;
}

/**
 * Tries counters until the key that PBKDF2 derives from one begins as the puzzle wants (ALTCHA 2).
 *
 * It stands alone, without a name of this module in it: a worker is made from its text.
 */
export async function solve(
  { salt, nonce, cost, keyLength, keyPrefix, algorithm }: Puzzle['parameters'],
  isOver: (tries: number) => boolean | void,
): Promise<Solution | undefined> {
  const bytes = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const toHex = (buffer: ArrayBuffer) =>
    Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

  const prefix = bytes(nonce);
  const password = new Uint8Array(prefix.length + 4);
  password.set(prefix);
  const derivation = { name: 'PBKDF2', salt: bytes(salt), iterations: cost, hash: algorithm.slice('PBKDF2/'.length) };
  for (let counter = 0; counter < 2 ** 32 && !isOver(counter); counter += 1) {
    new DataView(password.buffer).setUint32(prefix.length, counter);
    const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
    const derivedKey = toHex(await crypto.subtle.deriveBits(derivation, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
  }
  return undefined;
}
