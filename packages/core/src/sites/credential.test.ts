import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { credentialOf, hasCredential } from './credential.ts';

const newSecret = () => randomBytes(32).toString('base64url');

describe('the credentials of a site', () => {
  test('are any of several, so that one can be replaced by another', () => {
    const [old, current, other] = [newSecret(), newSecret(), newSecret()];
    const credentials = [old, current].map(credentialOf);
    expect([old, current, other].map((secret) => hasCredential(credentials, secret))).toEqual([true, true, false]);
  });

  test('are not what the file says', () => {
    const credential = credentialOf(newSecret());
    expect(hasCredential([credential], credential)).toBe(false);
    expect(hasCredential([credential], credential.slice('sha256:'.length))).toBe(false);
  });

  test('are none where there are none', () => {
    for (const secret of ['', newSecret()]) expect(hasCredential([], secret)).toBe(false);
  });

  test.each(['', 'password', 'correct horse battery staple', 'a'.repeat(44)])(
    'are random secrets: %j is none, even where its hash is in the file',
    (secret) => {
      expect(hasCredential([credentialOf(secret)], secret)).toBe(false);
    },
  );

  test('are written as the documents say', () => {
    expect(credentialOf('n'.repeat(43))).toBe('sha256:aSC5Xp-HNsKU0lQRgfKps70vF0F4oDAc0LbrxuASjOo');
  });
});
