import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReport } from './read-report.ts';

const dsn = (action: string, status: string) => [
  'From: MAILER-DAEMON@mx.example.net',
  'Message-ID: <20260101.bounce@mx.example.net>',
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'I could not deliver your mail to ada@example.com.',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.net',
  '',
  'Final-Recipient: rfc822; ada@example.com',
  `Action: ${action}`,
  `Status: ${status}`,
  'Diagnostic-Code: smtp; 550 5.1.1 no such user',
  '--b',
  'Content-Type: text/rfc822-headers',
  '',
  'Subject: Your code',
  'Message-ID:',
  ' <ours@example.com>',
  '--b--',
].join('\r\n');

describe('a bounce', () => {
  test.each([
    ['5.1.1', 'hard-bounce'],
    ['5.1.10', 'hard-bounce'],
    ['5.2.1', 'hard-bounce'],
    ['5.2.2', 'soft-bounce'],
    ['5.7.1', 'soft-bounce'],
    ['4.4.7', 'soft-bounce'],
    ['5.1.100', 'soft-bounce'],
  ])('with status %s is a %s, with every id that may be ours', (status, kind) => {
    expect(readReport(dsn('failed', status))).toEqual([
      { messageId: '<20260101.bounce@mx.example.net>', kind },
      { messageId: '<ours@example.com>', kind },
    ]);
  });

  test.each(['delayed', 'delivered', 'relayed', 'expanded'])('that says "%s" is none', (action) => {
    expect(readReport(dsn(action, '4.4.7'))).toEqual([]);
  });
});

test('a complaint is one (RFC 5965)', () => {
  const arf = 'Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n\r\nMessage-ID: <ours@example.com>\r\n';
  expect(readReport(arf)).toEqual([{ messageId: '<ours@example.com>', kind: 'complaint' }]);
});

test('a holiday reply reports nothing', () => {
  expect(readReport('Auto-Submitted: auto-replied\r\nIn-Reply-To: <ours@example.com>\r\n\r\nI am away.')).toEqual([]);
});

test('whatever comes, a few ids of a bearable length are read', () => {
  const many = `Action: failed\r\nStatus: 5.1.1\r\n${'References: <a@b> <c@d>\r\n'.repeat(100)}References: <${'x'.repeat(400)}>\r\n`;
  expect(readReport(many).map(({ messageId }) => messageId)).toEqual(['<a@b>', '<c@d>']);
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => readReport(text).length <= 20));
});
