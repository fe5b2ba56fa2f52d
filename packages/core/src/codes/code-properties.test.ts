import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayCode, generateCode, normalizeCode, type CodeFormat } from './code-format.ts';

const format = fc.oneof(
  fc.record<CodeFormat>({ alphabet: fc.constant('alphanumeric'), length: fc.integer({ min: 6, max: 12 }) }),
  fc.record<CodeFormat>({ alphabet: fc.constant('numeric'), length: fc.integer({ min: 6, max: 10 }) }),
);
const separator = fc.constantFrom('', ' ', '-', '–', '\u00a0', '.', '_', '\u200b');

test('a code of any format is read back from how it is shown, in any case and with anything between its characters', () => {
  fc.assert(
    fc.property(format, fc.array(separator, { minLength: 12, maxLength: 12 }), fc.boolean(), (shape, between, lower) => {
      const code = generateCode(shape, randomBytes);
      expect(code).toHaveLength(shape.length);
      expect(normalizeCode(shape, displayCode(shape, code))).toBe(code);
      const spread = [...code].map((character, index) => character + (between[index] ?? '')).join('');
      expect(normalizeCode(shape, lower ? spread.toLowerCase() : spread)).toBe(code);
    }),
  );
}, 30_000);

test('whatever is typed is a code of the format or nothing, and read the same a second time', () => {
  fc.assert(
    fc.property(format, fc.string({ unit: 'binary', maxLength: 80 }), (shape, typed) => {
      const code = normalizeCode(shape, typed);
      if (code === undefined) return;
      expect(code).toHaveLength(shape.length);
      expect(normalizeCode(shape, code)).toBe(code);
    }),
  );
}, 30_000);
