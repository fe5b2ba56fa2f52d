import { randomBytes } from 'node:crypto';
import { solveChallenge } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, createDomain } from '../../../../test/support/domain.ts';
import { checkSolution } from './check-solution.ts';
import { makePuzzle, meanTries } from './make-puzzle.ts';
import type { Puzzle } from './puzzle.ts';

const { indexKey } = createDomain();
const binding = { site: 'default', addressDigest: 'digest-of-ada' };
/** Without randomness the counter is 0: the work is what the other tests are about. */
const easy = (size: number) => (size === 6 ? new Uint8Array(6) : randomBytes(size));

interface Brought {
  challenge: Puzzle;
  solution: { counter: number; derivedKey: string };
}

/** Solves it as the widget does, and gives what the widget sends. */
async function solve(challenge: Puzzle): Promise<Brought> {
  const solution = await solveChallenge({ challenge, deriveKey });
  if (!solution) throw new Error('not solved');
  return { challenge, solution };
}

const encode = (brought: unknown) => Buffer.from(JSON.stringify(brought)).toString('base64');
const check = (text: string, seconds = 1, bound = binding) => checkSolution(indexKey, bound, text, at(seconds));

const puzzle = await makePuzzle(indexKey, binding, 0, at(0), easy);
const brought = await solve(puzzle);
const solved = encode(brought);

describe('a puzzle', () => {
  test('is solved by the library of the widget, and the solution is accepted', async () => {
    const real = await makePuzzle(indexKey, binding, 0, at(0), randomBytes);
    expect(check(encode(await solve(real)))).toBe(real.parameters.nonce);
  });

  test('says nothing of whom it is for', () => {
    expect(JSON.stringify(puzzle)).not.toMatch(/default|ada/);
    expect(puzzle.parameters).toMatchObject({ algorithm: 'PBKDF2/SHA-256', cost: 1_000, expiresAt: at(120).getTime() / 1000 });
  });

  test('is another one each time', async () => {
    const { parameters } = await makePuzzle(indexKey, binding, 0, at(0), randomBytes);
    expect(parameters.nonce).not.toBe(puzzle.parameters.nonce);
    expect(parameters.salt).not.toBe(puzzle.parameters.salt);
  });

  test('takes twice the work for each quarter of the pressure, at most eight times, and never less than the least', () => {
    expect([0, 0.24, 0.25, 0.5, 0.74, 0.75, 1, 50, Number.POSITIVE_INFINITY].map(meanTries)).toEqual([
      400, 400, 800, 1_600, 1_600, 3_200, 3_200, 3_200, 3_200,
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, noNaN: true }), fc.double({ min: 0, noNaN: true }), (one, other) => {
        expect(meanTries(Math.min(one, other))).toBeLessThanOrEqual(meanTries(Math.max(one, other)));
      }),
    );
  });

  test('hides its counter anywhere below twice the mean, and nowhere else', async () => {
    const largest = await makePuzzle(indexKey, binding, 0, at(0), (size) => (size === 6 ? Buffer.from([255, 255, 255, 255, 255, 255]) : randomBytes(size)));
    const { solution } = await solve(largest);
    expect(solution.counter).toBe((2 ** 48 - 1) % 800);
    expect(brought.solution.counter).toBe(0);
  });
});

describe('a solution', () => {
  test('is accepted for two minutes', () => {
    expect(check(solved, 119.999)).toBe(puzzle.parameters.nonce);
    expect(check(solved, 120)).toBeUndefined();
  });

  test('counts for the address and the site that the puzzle was made for, in this deployment', () => {
    expect(check(solved, 1, { ...binding, addressDigest: 'digest-of-eve' })).toBeUndefined();
    expect(check(solved, 1, { ...binding, site: 'other' })).toBeUndefined();
    expect(checkSolution(createDomain().indexKey, binding, solved, at(1))).toBeUndefined();
  });

  test.each<[string, (brought: Brought) => void]>([
    ['that is not solved', ({ solution }) => void (solution.derivedKey = '00'.repeat(32))],
    ['of what the puzzle shows of the key', ({ challenge, solution }) => void (solution.derivedKey = challenge.parameters.keyPrefix)],
    ['with more time', ({ challenge }) => void (challenge.parameters.expiresAt += 3_600)],
    ['with less work', ({ challenge }) => void (challenge.parameters.cost = 1)],
    ['with another nonce', ({ challenge }) => void (challenge.parameters.nonce = '00'.repeat(16))],
    ['with another salt', ({ challenge }) => void (challenge.parameters.salt = '00'.repeat(16))],
    ['with a shorter prefix', ({ challenge }) => void (challenge.parameters.keyPrefix = '')],
    ['with another signature of the key', ({ challenge }) => void (challenge.parameters.keySignature = 'A'.repeat(43))],
    ['with another signature', ({ challenge }) => void (challenge.signature = 'A'.repeat(43))],
    ['without a signature', ({ challenge }) => void Object.assign(challenge, { signature: undefined })],
    ['with a list for a signature', ({ challenge }) => void Object.assign(challenge, { signature: [challenge.signature] })],
    ['with a time that is text', ({ challenge }) => void Object.assign(challenge.parameters, { expiresAt: String(challenge.parameters.expiresAt) })],
    ['with a prototype', (all) => void Object.assign(all, JSON.parse('{"__proto__":{"x":1},"challenge":null}'))],
  ])('%s is none', (_what, edit) => {
    const edited = structuredClone(brought);
    edit(edited);
    expect(check(encode(edited))).toBeUndefined();
    expect(check(solved)).toBe(puzzle.parameters.nonce);
  });

  test.each(['', '{}', 'null', encode(null), encode([]), encode('x'), encode({ challenge: 1, solution: 2 }), '{"challenge":'])('%j is none', (text) => {
    expect(check(text)).toBeUndefined();
  });

  test('is no other value, and nothing that is sent makes an exception', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary-ascii' }), (value, text) => {
        expect(check(encode({ challenge: value, solution: brought.solution }))).toBeUndefined();
        expect(check(encode({ challenge: { ...puzzle, parameters: value }, solution: value }))).toBeUndefined();
        expect(check(text)).toBeUndefined();
      }),
    );
  });
});
