/**
 * What a browser works on so that nobody has it done a thousand times over: a challenge as the ALTCHA widget (version 3)
 * and altcha-lib (version 2) take it. The solver tries counters, from 0 on, until the key derived from one begins with
 * `keyPrefix`. Bytes are written in hex.
 */
export interface Puzzle {
  parameters: {
    algorithm: 'PBKDF2/SHA-256';
    /** Iterations of PBKDF2 for each try. */
    cost: number;
    /** Seconds since 1970. */
    expiresAt: number;
    keyLength: number;
    keyPrefix: string;
    /** Of the whole key: with it a solution is checked without solving the puzzle again. */
    keySignature: string;
    nonce: string;
    salt: string;
  };
  signature: string;
}

/** Whom a puzzle is for. It does not say so itself: it is part of what is signed. */
export interface PuzzleBinding {
  site: string;
  addressDigest: string;
}

export function signedParts({ site, addressDigest }: PuzzleBinding, parameters: Puzzle['parameters']): string[] {
  const { algorithm, cost, expiresAt, keyLength, keyPrefix, keySignature, nonce, salt } = parameters;
  const figures = [cost, expiresAt, keyLength].map(String);
  return ['puzzle', site, addressDigest, algorithm, ...figures, keyPrefix, keySignature, nonce, salt];
}

export function solutionParts(nonce: string, derivedKey: string): string[] {
  return ['solution', nonce, derivedKey];
}
