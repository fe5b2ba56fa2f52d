import { generateKeyPairSync, randomBytes, randomInt, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, test } from 'vitest';
import { parseIndexKey } from './index-key.ts';
import { KeyError } from './key-error.ts';
import { makeSecrets } from './make-secrets.ts';
import { parseSealingKeys } from './sealing-keys.ts';
import { parseSigningKeys } from './signing-keys.ts';

const key = () => randomBytes(32).toString('base64url');
const secrets = makeSecrets(new Date('2026-02-03T23:59:59.999Z'), randomBytes);
const jwk = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });

/** What a parser says of a text, when it is nothing but a {@link KeyError}. */
function complaint(parse: (text: string) => unknown, text: string): string | undefined {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof KeyError) return error.message;
    throw error;
  }
}

describe('fresh secrets', () => {
  test('are read by their parsers, the sealing key named by its minute', () => {
    expect(parseSealingKeys(secrets.DAYPASS_SECRETS).active.kid).toBe('k202602032359');
    expect(parseIndexKey(secrets.DAYPASS_INDEX_KEY).address.symmetricKeySize).toBe(32);
    expect(parseSigningKeys(secrets.DAYPASS_SIGNING_KEYS).jwks.keys).toHaveLength(1);
  });

  test('are never the same twice, and no two of them share their bytes', () => {
    const other = makeSecrets(new Date('2026-02-03T23:59:59.999Z'), randomBytes);
    const values = [secrets, other].flatMap((made) => Object.values(made).flatMap((text) => text.match(/[\w-]{43}/g) ?? []));
    expect(values).toHaveLength(8); // A sealing key, an index key, and both halves of a signing key, twice.
    expect(new Set(values).size).toBe(8);
  });
});

describe('DAYPASS_SECRETS', () => {
  test('seals with the first key and knows all of them', () => {
    const { active, all } = parseSealingKeys(`b:${key()}, a:${key()} ,c-_9:${key()}`);
    expect(active.kid).toBe('b');
    expect(all.map(({ kid }) => kid)).toEqual(['b', 'a', 'c-_9']);
  });

  test.each([
    ['nothing', '', /entry 1 wants kid:key/],
    ['a key without a name', key(), /entry 1 wants kid:key/],
    ['an empty name', `:${key()}`, /entry 1 wants kid:key/],
    ['a name of 17', `${'k'.repeat(17)}:${key()}`, /entry 1 wants kid:key/],
    ['a name with a dot', `k.1:${key()}`, /entry 1 wants kid:key/],
    ['a third part', `k1:${key()}:${key()}`, /entry 1 wants kid:key/],
    ['a trailing comma', `k1:${key()},`, /entry 2 wants kid:key/],
    ['31 bytes', `k1:${randomBytes(31).toString('base64url')}`, /entry 1 wants 32 bytes/],
    ['33 bytes in the second', `k1:${key()},k2:${randomBytes(33).toString('base64url')}`, /entry 2 wants 32 bytes/],
    ['hex', `k1:${randomBytes(32).toString('hex')}`, /entry 1 wants 32 bytes/],
    ['padded base64', `k1:${randomBytes(32).toString('base64')}`, /entry 1 wants 32 bytes/],
    ['bits to spare in the last character', `k1:${'A'.repeat(42)}B`, /entry 1 wants 32 bytes/],
    ['one name twice', `k1:${key()},k1:${key()}`, /every kid to be different/],
  ])('refuses %s and says what it wants', (_what, text, wanted) => {
    expect(complaint(parseSealingKeys, text)).toMatch(wanted);
  });

  test('seal and digest keys are different, and different for each entry', () => {
    const { all } = parseSealingKeys(`a:${key()},b:${key()}`);
    const bytes = all.flatMap(({ seal, digest }) => [seal, digest]).map((derived) => derived.export().toString('hex'));
    expect(new Set(bytes).size).toBe(4);
  });
});

describe('DAYPASS_INDEX_KEY', () => {
  test('gives each purpose a key of its own, none of them the root', () => {
    const text = key();
    const derived = Object.values(parseIndexKey(text)).map((purpose) => purpose.export().toString('base64url'));
    expect(derived.length).toBeGreaterThanOrEqual(5);
    expect(new Set([...derived, text]).size).toBe(derived.length + 1);
  });

  test.each(['', 'k1:'.padEnd(46, 'A'), `${key()} `, `${key()}\n`, 'A'.repeat(42), 'A'.repeat(44)])('refuses %j', (text) => {
    expect(complaint(parseIndexKey, text)).toMatch(/wants 32 bytes written as base64url/);
  });
});

describe('DAYPASS_SIGNING_KEYS', () => {
  test('signs with the first key and publishes all, without their private halves', () => {
    const [first, second] = [{ ...jwk(), kid: 'one' }, jwk()];
    const { active, jwks } = parseSigningKeys(JSON.stringify([first, second]));
    expect(active.kid).toBe('one');
    expect(active.privateKey.type).toBe('private');
    expect(jwks.keys.map(({ x }) => x)).toEqual([first.x, second.x]);
    for (const published of jwks.keys) {
      expect(Object.keys(published).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    }
  });

  test('names a key without a kid by its RFC 7638 thumbprint, as jose computes it', async () => {
    const { jwks } = parseSigningKeys(JSON.stringify([jwk(), { ...jwk(), kid: '' }, { ...jwk(), kid: 7 }]));
    for (const published of jwks.keys) {
      expect(published.kid).toBe(await calculateJwkThumbprint(published, 'sha256'));
    }
  });

  test('publishes the public half that belongs to the private one, whatever is written beside it', () => {
    const [real, other] = [jwk(), jwk()];
    const { jwks } = parseSigningKeys(JSON.stringify([{ ...real, x: other.x }]));
    expect(jwks.keys[0]?.x).toBe(real.x);
  });

  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });

  test('signs passes with the first Ed25519 key, whatever stands before it, and publishes of an RSA key nothing private', async () => {
    const { active, jwks, privateKeys } = parseSigningKeys(JSON.stringify([rsa(2048), { ...jwk(), kid: 'ed' }]));
    expect(active.kid).toBe('ed');
    const [published] = jwks.keys;
    expect(Object.keys(published ?? {}).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(published).toMatchObject({ alg: 'RS256', kid: await calculateJwkThumbprint(published ?? {}, 'sha256') });
    expect(privateKeys().map(({ kid, alg }) => [kid, alg])).toEqual(jwks.keys.map(({ kid, alg }) => [kid, alg]));
    expect(privateKeys().every(({ d }) => typeof d === 'string')).toBe(true);
  });

  const publicOnly = { kty: 'OKP', crv: 'Ed25519', x: jwk().x };
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const x25519 = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' });
  test.each([
    ['nothing', '', /JSON array of private JWKs, at least one of them Ed25519/],
    ['no JSON', 'secret', /JSON array of private JWKs, at least one of them Ed25519/],
    ['one key without the array', JSON.stringify(jwk()), /JSON array of private JWKs, at least one of them Ed25519/],
    ['no keys', '[]', /JSON array of private JWKs, at least one of them Ed25519/],
    ['a public key', JSON.stringify([publicOnly]), /entry 1 is not such a key/],
    ['a P-256 key in the second place', JSON.stringify([jwk(), p256]), /entry 2 is not such a key/],
    ['an X25519 key', JSON.stringify([x25519]), /entry 1 is not such a key/],
    ['an RSA key alone', JSON.stringify([rsa(2048)]), /at least one of them Ed25519/],
    ['a short RSA key', JSON.stringify([jwk(), rsa(1024)]), /entry 2 is not such a key/],
    ['null', '[null]', /entry 1 is not such a key/],
    ['a short private half', JSON.stringify([{ ...jwk(), d: 'AAAA' }]), /entry 1 is not such a key/],
    ['one kid twice', JSON.stringify([{ ...jwk(), kid: 'a' }, { ...jwk(), kid: 'a' }]), /every kid to be different/],
  ])('refuses %s and says what it wants', (_what, text, wanted) => {
    expect(complaint(parseSigningKeys, text)).toMatch(wanted);
  });
});

test('nothing that is made of them shows any part of them, printed or as JSON', () => {
  const [rsaKey, edKey] = [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), jwk()];
  const text = { sealing: `a:${key()},b:${key()}`, index: key(), signing: JSON.stringify([edKey, rsaKey]) };
  const held = { sealing: parseSealingKeys(text.sealing), index: parseIndexKey(text.index), signing: parseSigningKeys(text.signing) };
  const derived = [...held.sealing.all.flatMap(({ seal, digest }) => [seal, digest]), ...Object.values(held.index as unknown as Record<string, KeyObject>)];
  const roots = [...text.sealing.split(',').map((entry) => entry.slice(2)), text.index, String(edKey.d), String(rsaKey.d), String(rsaKey.p)];
  const secret = [...roots.map((root) => Buffer.from(root, 'base64url')), ...derived.map((each) => each.export())];
  const shown = [inspect(held, { depth: null, showHidden: true, maxArrayLength: null, maxStringLength: null }), JSON.stringify(held)].join('\n');
  const parts = secret.flatMap((bytes) => [bytes.toString('hex'), bytes.toString('base64').slice(0, 16), bytes.toString('base64url').slice(0, 16)]);
  expect(parts.filter((part) => shown.includes(part))).toEqual([]);
});

test('no parser ever says any part of the value that it refuses', () => {
  const shapes = [
    (secret: string) => secret,
    (secret: string) => `${secret}:${secret}`,
    (secret: string) => `k1:${key()},${secret}`,
    (secret: string) => `k1:${secret},k1:${secret}`,
    (secret: string) => `${secret}:k1`,
    (secret: string) => `${secret.slice(0, 12)}:k1`,
    (secret: string) => JSON.stringify([{ kty: 'OKP', crv: secret, d: secret, x: secret, kid: secret }]),
    (secret: string) => JSON.stringify([jwk(), { ...jwk(), d: secret }]),
    (secret: string) => `[${secret}`,
  ];
  const leaks: string[] = [];
  for (let round = 0; round < 50; round += 1) {
    const secret = randomBytes(randomInt(9, 60)).toString(round % 2 ? 'base64url' : 'hex');
    const parts = Array.from({ length: secret.length - 5 }, (_, from) => secret.slice(from, from + 6));
    for (const text of shapes.map((shape) => shape(secret))) {
      const said = [parseSealingKeys, parseIndexKey, parseSigningKeys].map((parse) => complaint(parse, text) ?? '').join('\n');
      if (parts.some((part) => said.includes(part))) leaks.push(said);
    }
  }
  expect(leaks).toEqual([]);
});
