import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import vectors from '../../../../test/vectors/formats.json' with { type: 'json' };
import { at, createDomain } from '../../../../test/support/domain.ts';
import { parseIndexKey } from '../keys/index-key.ts';
import { parseSealingKeys } from '../keys/sealing-keys.ts';
import { builtInSite } from '../sites/site.ts';
import { openEnrolment, sealEnrolment } from './enrolment-seal.ts';
import { anonymousSubject, digestHolder } from './holder.ts';
import { digestRecoveryCode } from './recovery-codes.ts';

const { sealingKeys } = createDomain();
const bound = { id: 'id', site: 'default', createdAt: at(0) };
const secret = { secret: randomBytes(20), subject: 'visitor', algorithm: 'SHA256', digits: 8 } as const;
const sealed = sealEnrolment(sealingKeys, bound, secret, randomBytes);

test('what is sealed opens where it belongs, and names its key', () => {
  expect(openEnrolment(sealingKeys, { ...bound, ...sealed })).toEqual({ ...secret, secret: Buffer.from(secret.secret) });
  expect(sealed.sealedWith).toBe(sealingKeys.active.kid);
});

describe('it does not open', () => {
  test.each([
    ['for another enrolment', { id: 'other' }],
    ['at another site', { site: 'other' }],
    ['with another time of making', { createdAt: at(0.001) }],
    ['when it is gone', { sealed: '' }],
  ])('%s', (_what, edit) => {
    expect(openEnrolment(sealingKeys, { ...bound, ...sealed, ...edit })).toBeUndefined();
  });

  test('under other keys', () => {
    expect(openEnrolment(createDomain().sealingKeys, { ...bound, ...sealed })).toBeUndefined();
    expect(openEnrolment(sealingKeys, bound)).toBeUndefined();
  });
});

test('what was stored by an earlier version is still read, and found', () => {
  const { enrolment, secrets } = vectors;
  const keys = parseSealingKeys(secrets.DAYPASS_SECRETS);
  const indexKey = parseIndexKey(secrets.DAYPASS_INDEX_KEY);
  const { id, site, sealed: stored, secret: hex, subject, algorithm, digits } = enrolment;
  const opened = openEnrolment(keys, { id, site, createdAt: new Date(enrolment.createdAt), sealed: stored });
  expect(opened).toEqual({ secret: Buffer.from(hex, 'hex'), subject, algorithm, digits });
  expect(anonymousSubject(indexKey, builtInSite([]), id)).toBe(subject);
  expect(digestHolder(indexKey, site, subject)).toBe(enrolment.holderDigest);
  expect(digestRecoveryCode(indexKey, id, enrolment.recoveryCode)).toBe(enrolment.recoveryDigest);
});
