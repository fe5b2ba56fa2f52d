import type { IssueOutcome } from '@daypass/core/codes/issue-code';
import type { CodeIssue } from '@daypass/jobs/code-issue';
import { createLogger, type Logger } from '@daypass/runtime/logger';
import { expect, test } from 'vitest';
import { createDeliverCode } from './deliver-code.ts';

const payload: CodeIssue = { v: 1, id: 'challenge', site: 'default', envelope: 'SEALED', send: 1 };
const fresh = { deferred: 0, troubled: 0 };

/** Delivers one job with this outcome, and tells the verdict and what was logged, counted and announced. */
async function deliver(outcome: IssueOutcome | Error) {
  const lines: unknown[][] = [];
  const log: Logger = createLogger('test', 'silent');
  log.info = (...line: unknown[]) => void lines.push(['info', ...line]);
  log.warn = (...line: unknown[]) => void lines.push(['warn', ...line]);
  const counted: [result: IssueOutcome, site: string][] = [];
  const announced: string[] = [];
  const issueCode = async () => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const deliverCode = createDeliverCode({ issueCode, count: (...counts) => counted.push(counts), announce: (id) => announced.push(id), log });
  return { verdict: await deliverCode(payload, fresh), lines, counted, announced };
}

test.each<[IssueOutcome, unknown, string]>([
  [{ outcome: 'sent' }, { verdict: 'done' }, 'info'],
  [{ outcome: 'settled', reason: 'used' }, { verdict: 'done' }, 'info'],
  [{ outcome: 'leased' }, { verdict: 'later', reason: 'leased', delayMs: expect.any(Number) }, 'info'],
  [{ outcome: 'delayed', reason: 'sealed_under_unknown_key' }, { verdict: 'retry', reason: 'sealed_under_unknown_key' }, 'info'],
  [{ outcome: 'delayed', reason: 'does_not_open' }, { verdict: 'retry', reason: 'does_not_open' }, 'warn'],
  [{ outcome: 'delayed', reason: 'smtp_451', cause: 'mail' }, { verdict: 'later', reason: 'smtp_451', delayMs: expect.any(Number), setback: 'deferred' }, 'info'],
  [{ outcome: 'lost', reason: 'smtp_550' }, { verdict: 'failed', reason: 'smtp_550' }, 'warn'],
])('%j is said to the queue, the log and the metrics', async (outcome, verdict, level) => {
  const delivered = await deliver(outcome);
  expect(delivered.verdict).toEqual(verdict);
  expect(delivered.counted).toEqual([[outcome, 'default']]);
  expect(delivered.lines.map(([at]) => at)).toEqual([level]);
});

test('the log names the challenge and not what is sealed in it', async () => {
  const text = JSON.stringify((await deliver({ outcome: 'lost', reason: 'stale' })).lines);
  expect(text).toContain('challenge');
  expect(text).not.toContain('SEALED');
});

test('what goes wrong unexpectedly is counted by its code, told with challenge and site, and tried again', async () => {
  const err = Object.assign(new Error('the database does not answer'), { code: 'unavailable' });
  expect(await deliver(err)).toEqual({
    verdict: { verdict: 'retry', reason: 'unavailable' },
    counted: [[{ outcome: 'delayed', reason: 'unavailable' }, 'default']],
    announced: [],
    lines: [['warn', { challenge: 'challenge', site: 'default', send: 1, reason: 'unavailable', err }, 'mail delayed']],
  });
});

test('the name of what goes wrong unexpectedly holds nothing that it says', async () => {
  const { verdict, counted } = await deliver(Object.assign(new Error('no ada@example.com here'), { code: '<ada@example.com>' }));
  expect(verdict).toEqual({ verdict: 'retry', reason: 'unknown_error' });
  expect(counted).toEqual([[{ outcome: 'delayed', reason: 'unknown_error' }, 'default']]);
});
