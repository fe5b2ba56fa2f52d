import { randomBytes } from 'node:crypto';
import { sealEnrolment } from '@daypass/core/totp/enrolment-seal';
import { createVerifyTotp } from '@daypass/core/totp/verify-totp';
import { createConfirmTotp } from '@daypass/core/totp/confirm-totp';
import type { TotpKey } from '@daypass/core/totp/totp-code';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTotpDomain, openTestStore, refusal, told, type TotpDomain } from '../support/totp.ts';
import vectors from '../vectors/otp.json' with { type: 'json' };

const ip = '192.0.2.1';
let opened: Awaited<ReturnType<typeof openTestStore>>;
let domain: TotpDomain;
beforeAll(async () => {
  opened = await openTestStore();
  domain = createTotpDomain(opened.store);
});
afterAll(() => opened?.close());

/** An enrolment as enrolling makes it, with the secret of a vector. */
async function enrolWith(key: TotpKey, moment: Date): Promise<string> {
  const bound = { id: randomBytes(16).toString('base64url'), site: 'default', createdAt: moment };
  const sealed = sealEnrolment(domain.sealingKeys, bound, { ...key, subject: 'visitor' }, randomBytes);
  const pendingUntil = new Date(moment.getTime() + 600_000);
  await opened.store.enrolments.add({ ...bound, ...sealed, holderDigest: 'holder', pendingUntil });
  return bound.id;
}

const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;
const rfc6238 = vectors.rfc6238.codes.flatMap((vector) =>
  algorithms.map((algorithm) => ({ algorithm, seconds: vector.seconds, code: vector[algorithm] })),
);

test('appendix B has eighteen values', () => expect(rfc6238).toHaveLength(18));

test.each(rfc6238)('RFC 6238 appendix B: $algorithm at $seconds gets in with $code, and with no other', async ({ algorithm, seconds, code }) => {
  const key = { secret: Buffer.from(vectors.rfc6238.secrets[algorithm]), algorithm, digits: 8 } as const;
  domain.time = new Date(seconds * 1000);
  const id = await enrolWith(key, domain.time);
  const wrong = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
  expect(await told(createConfirmTotp(domain)({ id, code: wrong, ip }))).toEqual(refusal('code_rejected'));
  expect(await told(createConfirmTotp(domain)({ id, code, ip }))).toMatchObject({ ok: true, subject: 'visitor' });
});

test.each(vectors.rfc4226.codes.map((code, counter) => ({ counter, code })))(
  'RFC 4226 appendix D: counter $counter gets in with $code',
  async ({ counter, code }) => {
    const key = { secret: Buffer.from(vectors.rfc4226.secret), algorithm: 'SHA1', digits: 6 } as const;
    domain.time = new Date(counter * 30_000);
    const id = await enrolWith(key, domain.time);
    expect(await told(createConfirmTotp(domain)({ id, code, ip }))).toMatchObject({ ok: true });
    expect(await told(createVerifyTotp(domain)({ id, code, ip }))).toEqual(refusal('code_rejected'));
  },
);
