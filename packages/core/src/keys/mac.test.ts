import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mac, macOfBytes } from './mac.ts';

test('is HMAC-SHA256 as node:crypto has it, of any key and message', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.array(fc.string({ unit: 'grapheme', maxLength: 5_000 }), { maxLength: 4 }), (bytes, parts) => {
      const key = createSecretKey(bytes);
      const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
      expect(mac(key, parts)).toBe(createHmac('sha256', key).update(text).digest('base64url'));
      expect(macOfBytes(key, Buffer.from(text))).toBe(createHmac('sha256', key).update(text).digest('binary'));
    }),
  );
}, 30_000);

test('one of a long list leaves nothing behind for the next', () => {
  const key = createSecretKey(randomBytes(32));
  const before = mac(key, ['a']);
  mac(key, ['x'.repeat(10_000), 'y'.repeat(4_000)]);
  expect(mac(key, ['a'])).toBe(before);
});
