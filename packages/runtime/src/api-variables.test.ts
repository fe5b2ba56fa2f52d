import { describe, expect, test } from 'vitest';
import { publicUrl, trustedProxies } from './api-variables.ts';
import { ConfigurationError, readEnvironment } from './read-environment.ts';

const takes = (name: 'publicUrl' | 'trustedProxies', value: string): boolean => {
  try {
    readEnvironment({ [name]: { publicUrl, trustedProxies }[name] }, { [name === 'publicUrl' ? 'PUBLIC_URL' : 'TRUSTED_PROXIES']: value });
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
};

describe('PUBLIC_URL', () => {
  test.each(['https://login.example', 'https://login.example:8443/', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:3000'])(
    'may be %s',
    (value) => {
      expect(takes('publicUrl', value)).toBe(true);
    },
  );

  test.each([
    'http://login.example',
    'http://localhost.example',
    'http://127.0.0.1.example',
    'http://192.168.1.10:3000',
    'http://0.0.0.0:3000',
    'http://[::]:3000',
    'http://user@localhost',
    'https://login.example/path',
    'https://login.example?a',
    'ftp://localhost',
    'login.example',
  ])('is not %s: what is read on the way must be encrypted, off this machine', (value) => {
    expect(takes('publicUrl', value)).toBe(false);
  });
});

describe('TRUSTED_PROXIES', () => {
  test.each(['', '10.0.0.0/8', '10.0.0.1', 'fd00::/8', '::1', '10.0.0.0/8, fd00::/8,', 'fc00::/7', '::ffff:10.0.0.0/104'])('may be %j', (value) => {
    expect(takes('trustedProxies', value)).toBe(true);
  });

  test.each(['0.0.0.0/0', '::/0', '0.0.0.0/1', '128.0.0.0/1', '8000::/1', '::ffff:0:0/96', '10.0.0.0/33', '10/8', '10', '010.0.0.1', 'loopback', 'proxy.example', '10.0.0.1:80', '10.0.0.0/8;fd00::/8'])(
    'is not %j',
    (value) => {
      expect(takes('trustedProxies', value)).toBe(false);
    },
  );
});
