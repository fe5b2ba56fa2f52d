import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { batchKey, currentBatch } from './batch-keys.ts';

const someKey = () => createSecretKey(randomBytes(32));

test('a batch ends after 2^16 values: the next has another salt and another key', () => {
  const sealingKey = someKey();
  const first = currentBatch(sealingKey, randomBytes);
  const rest = Array.from({ length: 2 ** 16 - 1 }, () => currentBatch(sealingKey, randomBytes));
  const next = currentBatch(sealingKey, randomBytes);
  expect(rest.every(({ salt, key }) => salt === first.salt && key.equals(first.key))).toBe(true);
  expect(next.salt).not.toEqual(first.salt);
  expect(next.key.equals(first.key)).toBe(false);
});

test('two sealing keys have batches of their own, also under one salt', () => {
  const [one, other] = [someKey(), someKey()];
  const salt = randomBytes(16);
  expect(batchKey(one, salt).equals(batchKey(other, salt))).toBe(false);
  expect(currentBatch(one, randomBytes).salt).not.toEqual(currentBatch(other, randomBytes).salt);
});

test('a key that is not kept any more is derived again', () => {
  const sealingKey = someKey();
  const salt = randomBytes(16);
  const before = batchKey(sealingKey, salt);
  for (let other = 0; other < 1_000; other += 1) batchKey(sealingKey, randomBytes(16));
  const after = batchKey(sealingKey, salt);
  expect(after).not.toBe(before);
  expect(after.equals(before)).toBe(true);
});
