import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseIndexKey } from '../keys/index-key.ts';
import { networkOf } from './network.ts';
import { addressLimit, guessLimit, networkLimit } from './policy.ts';

const indexKey = parseIndexKey(randomBytes(32).toString('base64url'));

describe('a client is counted by its network', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2:0:0:0:0/64'],
    ['2001:db8:1:3::', '2001:db8:1:3:0:0:0:0/64'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:0/64'],
    ['fe80::1%25wlan0', 'fe80:0:0:0:0:0:0:0/64'],
    ['::1', '0:0:0:0:0:0:0:0/64'],
  ])('%s is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  test.each([
    ['192.0.2.1:51234', '192.0.2.1'],
    ['[2001:db8:1:2::5]:51234', '2001:db8:1:2:0:0:0:0/64'],
    ['[2001:db8:1:2::5]', '2001:db8:1:2:0:0:0:0/64'],
    ['[::ffff:192.0.2.1]:80', '192.0.2.1'],
  ])('%s, as some proxies write it, is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  test.each(['', 'unknown', 'localhost', '_hidden', '192.0.2.256', '2001:db8::1::', '192.0.2.1, 192.0.2.2', '\u0000'])(
    '%j is no address: whoever is called so is counted together',
    (text) => {
      expect(networkOf(text)).toBe('unknown');
    },
  );
});

describe('limits', () => {
  test('hold nothing readable of address or network', () => {
    const limits = [networkLimit(indexKey, '192.0.2.1'), guessLimit(indexKey, 'ada@example.com')];
    expect(JSON.stringify(limits)).not.toMatch(/192|ada|example/);
    for (const { subject } of limits) expect(subject).toMatch(/^[\w-]{43}$/);
  });

  test('are one for a whole /64 and one for each IPv4 address', () => {
    const subject = (ip: string) => networkLimit(indexKey, ip).subject;
    expect(subject('2001:db8::1')).toBe(subject('2001:db8::2'));
    expect(subject('2001:db8:0:1::1')).not.toBe(subject('2001:db8::1'));
    expect(subject('192.0.2.1')).toBe(subject('::ffff:192.0.2.1'));
    expect(subject('192.0.2.1')).not.toBe(subject('192.0.2.2'));
  });

  test('are those that are documented', () => {
    const minute = 60_000;
    expect(addressLimit('digest').windows).toEqual([
      { max: 1, windowMs: minute },
      { max: 5, windowMs: 60 * minute },
      { max: 10, windowMs: 24 * 60 * minute },
    ]);
    expect(networkLimit(indexKey, '192.0.2.1').windows).toEqual([{ max: 300, windowMs: 5 * minute }]);
    expect(guessLimit(indexKey, 'ada@example.com').windows).toEqual([{ max: 10, windowMs: 24 * 60 * minute }]);
  });
});
