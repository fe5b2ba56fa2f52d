import type { IssueOutcome } from '@daypass/core/codes/issue-code';
import type { CodeIssue } from '@daypass/jobs/code-issue';
import { createLogger, type Logger } from '@daypass/runtime/logger';
import { expect, test } from 'vitest';
import { createDeliverCode } from './deliver-code.ts';

const payload: CodeIssue = { v: 1, id: 'challenge', site: 'default', envelope: 'SEALED', send: 1 };
const fresh = { deferred: 0, troubled: 0 };

/** Delivers one job with this outcome, and tells the verdict and what was logged and counted. */
async function deliver(outcome: IssueOutcome) {
  const lines: unknown[][] = [];
  const log: Logger = createLogger('test', 'silent');
  log.info = (...line: unknown[]) => void lines.push(['info', ...line]);
  log.warn = (...line: unknown[]) => void lines.push(['warn', ...line]);
  const counted: IssueOutcome[] = [];
  const deliverCode = createDeliverCode({ issueCode: async () => outcome, count: (result) => counted.push(result), announce: () => undefined, log });
  return { verdict: await deliverCode(payload, fresh), lines, counted };
}

test.each<[IssueOutcome, unknown, string]>([
  [{ outcome: 'sent' }, { verdict: 'done' }, 'info'],
  [{ outcome: 'settled', reason: 'used' }, { verdict: 'done' }, 'info'],
  [{ outcome: 'leased' }, { verdict: 'later', reason: 'leased', delayMs: expect.any(Number) }, 'info'],
  [{ outcome: 'delayed', reason: 'sealed_under_unknown_key' }, { verdict: 'retry', reason: 'sealed_under_unknown_key' }, 'info'],
  [{ outcome: 'delayed', reason: 'smtp_451', cause: 'mail' }, { verdict: 'later', reason: 'smtp_451', delayMs: expect.any(Number), setback: 'deferred' }, 'info'],
  [{ outcome: 'lost', reason: 'smtp_550' }, { verdict: 'failed', reason: 'smtp_550' }, 'warn'],
])('%j is said to the queue, the log and the metrics', async (outcome, verdict, level) => {
  const delivered = await deliver(outcome);
  expect(delivered.verdict).toEqual(verdict);
  expect(delivered.counted).toEqual([outcome]);
  expect(delivered.lines.map(([at]) => at)).toEqual([level]);
});

test('the log names the challenge and not what is sealed in it', async () => {
  const text = JSON.stringify((await deliver({ outcome: 'lost', reason: 'stale' })).lines);
  expect(text).toContain('challenge');
  expect(text).not.toContain('SEALED');
});

test('what goes wrong unexpectedly is left to the queue, which keeps its name only', async () => {
  const broken = createDeliverCode({
    issueCode: () => Promise.reject(new Error('broke')),
    count: () => undefined,
    announce: () => undefined,
    log: createLogger('test', 'silent'),
  });
  await expect(broken(payload, fresh)).rejects.toThrow('broke');
});
