import { timingSafeEqual } from 'node:crypto';
import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import { signedParts, solutionParts, type Puzzle, type PuzzleBinding } from './puzzle.ts';

/**
 * Checks what a browser brings for a puzzle: base64 of `{challenge, solution: {counter, derivedKey}}`, as the ALTCHA
 * widget sends it. It costs two MACs. That a solution counts only once is for the limits to see to.
 *
 * @returns the nonce of the puzzle; `undefined` when it was not made here, for this address at this site, when its time
 * is over, or when it is not solved
 */
export function checkSolution(indexKey: IndexKey, binding: PuzzleBinding, brought: string, now: Date): string | undefined {
  const { challenge, solution } = membersOf(parse(brought));
  const { parameters, signature } = membersOf(challenge);
  const { derivedKey } = membersOf(solution);
  if (!isParameters(parameters) || typeof signature !== 'string' || typeof derivedKey !== 'string') return undefined;

  if (!sameText(signature, mac(indexKey.puzzle, signedParts(binding, parameters)))) return undefined;
  const { nonce, keySignature, expiresAt } = parameters;
  if (now.getTime() >= expiresAt * 1000) return undefined;
  return sameText(keySignature, mac(indexKey.puzzle, solutionParts(nonce, derivedKey))) ? nonce : undefined;
}

function parse(brought: string): unknown {
  try {
    return JSON.parse(Buffer.from(brought, 'base64').toString());
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const texts = ['algorithm', 'keyPrefix', 'keySignature', 'nonce', 'salt'];
const figures = ['cost', 'expiresAt', 'keyLength'];

/** Whether it has everything that is signed. What else it has means nothing. */
function isParameters(value: unknown): value is Puzzle['parameters'] {
  const members = membersOf(value);
  return texts.every((name) => typeof members[name] === 'string') && figures.every((name) => typeof members[name] === 'number');
}

function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
