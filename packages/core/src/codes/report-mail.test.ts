import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { at, createDomain } from '../../../../test/support/domain.ts';
import { makeChallengeId, siteTagOf } from '../keys/challenge-id.ts';
import { digestAddress } from '../keys/digest-address.ts';
import { makeMessageId } from '../keys/message-id.ts';
import type { SpendLimits } from '../limits/limit.ts';
import { createReportMail } from './report-mail.ts';

const daySeconds = 24 * 3_600;

function setUp() {
  const domain = createDomain();
  const suppressed: [string, Date][] = [];
  let soft = 0;
  const spendLimits: SpendLimits = async ([limit]) => {
    soft += 1;
    const max = limit?.windows[0]?.max ?? 0;
    if (soft > max) return { ok: false, name: 'soft-bounces', retryAfterMs: 1 };
    return { ok: true, standings: [], refund: async () => undefined };
  };
  const addressDigest = digestAddress(domain.indexKey, 'ada@example.com');
  const messageId = `<${makeMessageId(domain.indexKey, { id: makeChallengeId(domain.indexKey, siteTagOf('default'), at(0), randomBytes), send: 1, addressDigest })}@example.com>`;
  const suppressions = { suppress: async (digest: string, _now: Date, until: Date) => void suppressed.push([digest, until]) };
  return { domain, suppressed, addressDigest, messageId, report: createReportMail({ ...domain, suppressions, spendLimits, now: () => domain.time }) };
}

describe('a report', () => {
  test.each([
    ['hard-bounce', 14],
    ['complaint', 90],
  ] as const)('of a %s suppresses the address for %d days', async (kind, days) => {
    const { report, suppressed, addressDigest, messageId } = setUp();
    expect(await report({ messageId, kind })).toBe('suppressed');
    expect(suppressed).toEqual([[addressDigest, at(days * daySeconds)]]);
  });

  test('of a soft bounce counts, and the third in a day suppresses the address for a day', async () => {
    const { report, suppressed, addressDigest, messageId } = setUp();
    const outcomes = [];
    for (let times = 0; times < 3; times += 1) outcomes.push(await report({ messageId, kind: 'soft-bounce' }));
    expect(outcomes).toEqual(['counted', 'counted', 'suppressed']);
    expect(suppressed).toEqual([[addressDigest, at(daySeconds)]]);
  });

  test.each(['<forged@example.com>', '', 'ada@example.com', `<${'A'.repeat(72)}@example.com>`])('without a Message-ID of ours does nothing: %s', async (messageId) => {
    const { report, suppressed } = setUp();
    expect(await report({ messageId, kind: 'complaint' })).toBe('foreign');
    expect(suppressed).toEqual([]);
  });

  test('of a mail that was sent more than a week ago does nothing', async () => {
    const { domain, report, suppressed, messageId } = setUp();
    domain.time = at(7 * daySeconds + 1);
    expect(await report({ messageId, kind: 'hard-bounce' })).toBe('old');
    expect(suppressed).toEqual([]);
  });
});
