import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createDomain } from '../../../../test/support/domain.ts';
import { digestRecoveryCode, makeRecoveryCodes } from './recovery-codes.ts';

const { indexKey } = createDomain();

test('ten codes of sixteen characters of thirty-two: eighty bits each', () => {
  const { shown, digests } = makeRecoveryCodes(indexKey, 'id', randomBytes);
  expect(new Set(shown).size).toBe(10);
  expect(new Set(digests).size).toBe(10);
  for (const code of shown) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
});

test('a code is found in any spelling, by its own enrolment and under its own key', () => {
  const { shown, digests } = makeRecoveryCodes(indexKey, 'id', randomBytes);
  const [code = ''] = shown;
  const sloppy = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('1', 'l').replaceAll('0', 'o')} `;
  expect(digestRecoveryCode(indexKey, 'id', code)).toBe(digests[0]);
  expect(digestRecoveryCode(indexKey, 'id', sloppy)).toBe(digests[0]);
  expect(digestRecoveryCode(indexKey, 'other', code)).not.toBe(digests[0]);
  expect(digestRecoveryCode(createDomain().indexKey, 'id', code)).not.toBe(digests[0]);
});

test.each(['', 'x', 'AAAA-AAAA', 'AAAA-AAAA-AAAA-AAA!', 'A'.repeat(17), 'A'.repeat(10_000)])('%j cannot be one', (typed) => {
  expect(digestRecoveryCode(indexKey, 'id', typed)).toBeUndefined();
});
