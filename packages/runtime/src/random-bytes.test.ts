import { describe, expect, test } from 'vitest';
import { randomBytes } from './random-bytes.ts';

describe('random bytes', () => {
  test('no byte is given out twice: neither a later call nor a new page changes what was given', () => {
    const given = Array.from({ length: 2_000 }, () => randomBytes(16));
    const texts = given.map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(new Set(texts).size).toBe(given.length);
    randomBytes(4_096);
    expect(given.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(texts);
  });

  test('are as many as were asked for, up to a page', () => {
    for (const size of [0, 1, 12, 4_095, 4_096]) expect(randomBytes(size)).toHaveLength(size);
    expect(() => randomBytes(4_097)).toThrow(RangeError);
  });

  test('every value is as likely as every other', () => {
    const counts = Array.from({ length: 256 }, () => 0);
    for (let drawn = 0; drawn < 8_000; drawn += 1) {
      for (const byte of randomBytes(32)) counts[byte] = (counts[byte] ?? 0) + 1;
    }
    const expected = 1_000;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(400); // 255 degrees of freedom: more than that once in 10^8 runs.
  });
});
