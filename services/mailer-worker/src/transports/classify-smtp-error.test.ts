import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifySmtpError } from './classify-smtp-error.ts';
import { SmtpFailure } from './smtp-session.ts';

/** As nodemailer makes them: the message quotes server and address. */
function smtpError(members: { responseCode?: number; command?: string; code?: string }): Error {
  return Object.assign(new Error('Recipient command failed: 550 <ada@example.com> no such user'), {
    response: '550 <ada@example.com> no such user',
    ...members,
  });
}

describe('a reply about the mail', () => {
  test.each([
    ['RCPT TO', 550, true],
    ['RCPT TO', 553, true],
    ['RCPT TO', 501, true],
    ['MAIL FROM', 550, true],
    ['DATA', 552, true],
    ['DATA', 554, true],
    ['RCPT TO', 421, false],
    ['RCPT TO', 450, false],
    ['RCPT TO', 451, false],
    ['RCPT TO', 452, false],
    ['DATA', 451, false],
  ])('%s %i: is final: %s', (command, responseCode, permanent) => {
    expect(classifySmtpError(smtpError({ code: 'EENVELOPE', command, responseCode }))).toEqual({
      accepted: false,
      permanent,
      cause: 'mail',
      reason: `smtp_${responseCode}`,
    });
  });

  test('there is none: an address that nodemailer does not write on an envelope is final', () => {
    const refused = classifySmtpError(smtpError({ code: 'EENVELOPE', command: 'API' }));
    expect(refused).toEqual({ accepted: false, permanent: true, cause: 'mail', reason: 'smtp_envelope_refused' });
  });
});

describe('trouble with the server or our standing with it may pass, and the next transport is tried', () => {
  test.each([
    [{ code: 'ESOCKET', command: 'CONN' }, 'transport_esocket'],
    [{ code: 'ECONNECTION', command: 'CONN', responseCode: 554 }, 'transport_econnection_554'],
    [{ code: 'EPROTOCOL', command: 'CONN', responseCode: 421 }, 'transport_eprotocol_421'],
    [{ code: 'ETIMEDOUT', command: 'CONN' }, 'transport_etimedout'],
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, 'transport_eauth_535'],
    [{ code: 'ETLS', command: 'STARTTLS' }, 'transport_etls'],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 503 }, 'transport_eenvelope_503'],
    [{ code: 'EENVELOPE', command: 'MAIL FROM', responseCode: 530 }, 'transport_eenvelope_530'],
    [{}, 'transport_failed'],
  ])('%j', (members, reason) => {
    expect(classifySmtpError(smtpError(members))).toEqual({ accepted: false, permanent: false, cause: 'transport', reason });
  });

  test.each([[{ code: 'ESOCKET', command: 'CONN' }, 'unconfirmed_esocket'], [{ code: 'EMESSAGE', command: 'DATA' }, 'unconfirmed_emessage']])(
    'but not when the server may have the mail: %j',
    (members, reason) => {
      const failure = new SmtpFailure(smtpError(members), true);
      expect(classifySmtpError(failure)).toEqual({ accepted: false, permanent: false, cause: 'unknown', reason });
    },
  );
});

test.each([
  undefined,
  null,
  'ada@example.com',
  new Error('ada@example.com'),
  { code: 'ada@example.com', command: 'ada@example.com', responseCode: 'ada@example.com' },
  { code: 'x'.repeat(33) },
  { responseCode: 550, command: 'ada@example.com' },
])('nothing that was thrown reaches the reason: %#', (thrown) => {
  const { reason, permanent } = classifySmtpError(thrown);
  expect(reason).toMatch(/^transport_failed(_\d{3})?$/);
  expect(permanent).toBe(false);
});

test('whatever a server replies, the reason is a short name and at most a reply code', () => {
  const replyCode = fc.oneof(fc.integer({ min: 100, max: 999 }), fc.integer(), fc.double(), fc.string());
  const text = fc.oneof(
    fc.constantFrom('5.1.1 <ada@example.com> unknown', '\0\x1b[2J\r\n250 ok', 'x'.repeat(10_000), '4.2.2', '\ud800'),
    fc.string({ unit: 'binary' }),
  );
  const code = fc.constantFrom('EENVELOPE', 'EMESSAGE', 'EPROTOCOL', 'EAUTH', 'ETLS', 'ECONNECTION', 'ESOCKET', undefined);
  const command = fc.oneof(fc.constantFrom('CONN', 'EHLO', 'STARTTLS', 'AUTH PLAIN', 'MAIL FROM', 'RCPT TO', 'DATA', undefined), text);
  const error = fc.record({ code, command, responseCode: replyCode, response: text, message: text }, { requiredKeys: [] });
  fc.assert(
    fc.property(error, fc.boolean(), (members, handedOver) => {
      const { reason } = classifySmtpError(new SmtpFailure(Object.assign(new Error(members.message), members), handedOver));
      expect(reason).toMatch(/^(smtp_[45]\d\d|(transport|unconfirmed)_[a-z]{1,32}(_\d{3})?)$/);
    }),
    { numRuns: 200 },
  );
});
