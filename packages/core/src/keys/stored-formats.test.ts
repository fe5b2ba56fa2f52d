import { expect, test } from 'vitest';
import vectors from '../../../../test/vectors/formats.json' with { type: 'json' };
import { createGrant } from '../access/grant.ts';
import { openCode, sealCode } from '../codes/code-envelope.ts';
import { verifyLimit } from '../limits/policy.ts';
import { builtInSite } from '../sites/site.ts';
import { makeChallengeId, openChallengeId, siteTagOf } from './challenge-id.ts';
import { digestAddress } from './digest-address.ts';
import { digestCode } from './digest-code.ts';
import { parseIndexKey } from './index-key.ts';
import { parseSealingKeys } from './sealing-keys.ts';
import { parseSigningKeys } from './signing-keys.ts';

const { site, challengeId, envelope, address, network, signing } = vectors;
const sealingKeys = parseSealingKeys(vectors.secrets.DAYPASS_SECRETS);
const indexKey = parseIndexKey(vectors.secrets.DAYPASS_INDEX_KEY);
const issuedAt = new Date(vectors.issuedAt);
const fixed = (hex: string) => () => Buffer.from(hex, 'hex');
const inTurn = (...values: string[]) => () => Buffer.from(values.shift() ?? '', 'hex');

test('a challenge id is what it was', () => {
  expect(siteTagOf(site)).toBe(challengeId.siteTag);
  expect(makeChallengeId(indexKey, challengeId.siteTag, issuedAt, fixed(challengeId.random))).toBe(challengeId.id);
  expect(openChallengeId(indexKey, challengeId.id)).toEqual({ issuedAt, siteTag: challengeId.siteTag });
});

test('an envelope that was sealed before an upgrade opens after it', () => {
  const bound = { site, id: challengeId.id, issuedAt };
  const { sealed, salt, nonce, ...contents } = envelope;
  expect(openCode(sealingKeys, bound, sealed)).toEqual(contents);
  expect(sealCode(sealingKeys, bound, contents, inTurn(salt, nonce))).toBe(sealed);
});

test('a code, an address and a network are digested as they were', () => {
  expect(digestCode(sealingKeys, site, challengeId.id, envelope.code)).toBe(vectors.codeDigest);
  expect(digestAddress(indexKey, address.key)).toBe(address.digest);
  expect(verifyLimit(indexKey, network.ip, 1).subject).toBe(network.subject);
});

test('a visitor is the subject they were', async () => {
  const grant = createGrant({
    issuer: 'https://daypass.example',
    indexKey,
    signingKeys: parseSigningKeys(JSON.stringify([signing.jwk])),
    now: () => issuedAt,
    randomBytes: (size) => new Uint8Array(size),
  });
  const visitor = { ok: true as const, site: builtInSite([]), addressDigest: address.digest };
  expect(await grant(visitor, ['email'])).toMatchObject({ site, subject: address.subject });
});

test('a signing key without a kid is named by its thumbprint of RFC 8037 appendix A.3', () => {
  const { active, jwks } = parseSigningKeys(JSON.stringify([signing.jwk]));
  expect(active.kid).toBe(signing.thumbprint);
  expect(jwks.keys).toEqual([
    { kty: 'OKP', crv: 'Ed25519', x: signing.jwk.x, kid: signing.thumbprint, use: 'sig', alg: 'EdDSA' },
  ]);
});
