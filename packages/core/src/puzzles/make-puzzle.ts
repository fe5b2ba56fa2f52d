import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { RandomBytes } from '../ports.ts';
import { signedParts, solutionParts, type Puzzle, type PuzzleBinding } from './puzzle.ts';

const deriveKey = promisify(pbkdf2);

const puzzleSeconds = 120;
/** Iterations in one try, which takes 0.3 ms. To make a puzzle is one try. */
const cost = 1_000;
const keyBytes = 32;
/** Tries that it takes on average where there is no pressure: some 0.2 s of one core in a browser. */
const easiestTries = 400;
const hardestFactor = 8;

/**
 * Makes a puzzle for one address at one site, to be solved within two minutes.
 *
 * @param pressure how much of what the site takes is used up, 0 to 1 and beyond: the harder the puzzle
 */
export async function makePuzzle(
  indexKey: IndexKey,
  binding: PuzzleBinding,
  pressure: number,
  now: Date,
  randomBytes: RandomBytes,
): Promise<Puzzle> {
  const nonce = Buffer.from(randomBytes(16));
  const salt = Buffer.from(randomBytes(16));
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(below(2 * meanTries(pressure), randomBytes));
  const derived = await deriveKey(Buffer.concat([nonce, counter]), salt, cost, keyBytes, 'sha256');
  const derivedKey = derived.toString('hex');
  const parameters = {
    algorithm: 'PBKDF2/SHA-256' as const,
    cost,
    expiresAt: Math.floor(now.getTime() / 1000) + puzzleSeconds,
    keyLength: keyBytes,
    keyPrefix: derivedKey.slice(0, keyBytes),
    keySignature: mac(indexKey.puzzle, solutionParts(nonce.toString('hex'), derivedKey)),
    nonce: nonce.toString('hex'),
    salt: salt.toString('hex'),
  };
  return { parameters, signature: mac(indexKey.puzzle, signedParts(binding, parameters)) };
}

/** Twice as many for each quarter of what the site takes, at most eight times as many. */
export function meanTries(pressure: number): number {
  return easiestTries * Math.min(hardestFactor, 2 ** Math.floor(4 * pressure));
}

/** Any number below `bound` is as likely as any other, to one part in 2^30: nobody does better than to begin at 0. */
function below(bound: number, randomBytes: RandomBytes): number {
  return Buffer.from(randomBytes(6)).readUIntBE(0, 6) % bound;
}
