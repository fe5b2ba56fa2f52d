import { describe, expect, test } from 'vitest';
import { networkOf } from './network.ts';

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
