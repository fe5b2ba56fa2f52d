import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, createDomain } from '../../../../test/support/domain.ts';
import { deviceTokenSeconds, makeDeviceToken, readDeviceToken } from './device-token.ts';

const { indexKey } = createDomain();
const address = 'digest-of-ada';
const token = makeDeviceToken(indexKey, address, at(0.9), randomBytes);
const read = (text: string | undefined, seconds = 60, of = address) => readDeviceToken(indexKey, of, text, at(seconds));

describe('a device token', () => {
  test('says when it was issued, to the second, for the address that it is of', () => {
    expect(read(token)).toEqual(at(0));
  });

  test('is of no other address, and of no other deployment', () => {
    expect(read(token, 60, 'digest-of-eve')).toBeUndefined();
    expect(readDeviceToken(createDomain().indexKey, address, token, at(60))).toBeUndefined();
  });

  test('is good for 180 days, and not longer', () => {
    expect(deviceTokenSeconds).toBe(180 * 86_400);
    expect(read(token, deviceTokenSeconds - 0.001)).toEqual(at(0));
    expect(read(token, deviceTokenSeconds)).toBeUndefined();
  });

  test('may come from a process whose clock is two minutes ahead, and from no further future', () => {
    expect(read(token, -119)).toEqual(at(0));
    expect(read(token, -121)).toBeUndefined();
  });

  test('is another one each time', () => {
    expect(makeDeviceToken(indexKey, address, at(0.9), randomBytes)).not.toBe(token);
  });
});

describe('what is no device token', () => {
  test.each([undefined, '', '.', '..', 'a.b.c', `${token}x`, ` ${token}`, token.toUpperCase(), `${token}\n`])('%j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test('one with any character changed', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('a', 'Z', '0', '9', '_', '-', '.'), (index, character) => {
        fc.pre(token[index] !== character);
        expect(read(token.slice(0, index) + character + token.slice(index + 1))).toBeUndefined();
      }),
    );
  });

  test('any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(read(text)).toBeUndefined();
      }),
    );
  });
});
