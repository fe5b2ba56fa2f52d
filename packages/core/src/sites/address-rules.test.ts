import { describe, expect, test } from 'vitest';
import { anyAddress, keepsOut, mayAsk } from './address-rules.ts';

const allow = { ...anyAddress, allow: new Set(['a.example', '*.b.example', 'c.example', '*.c.example']) };

describe('the domains that a site allows', () => {
  test.each([
    ['a.example', true],
    ['x.a.example', false],
    ['b.example', false],
    ['x.b.example', true],
    ['x.y.b.example', true],
    ['notb.example', false],
    ['c.example', true],
    ['x.c.example', true],
    ['a.example.evil.test', false],
    ['example', false],
  ])('%s: %s', (domain, may) => {
    expect(mayAsk(allow, domain)).toBe(may);
  });

  test('do not undo what it blocks', () => {
    const rules = { ...allow, block: new Set(['x.c.example']) };
    expect(mayAsk(rules, 'x.c.example')).toBe(false);
    expect(mayAsk(rules, 'y.c.example')).toBe(true);
  });
});

test('throw-away mailboxes are kept out where a site says so, also below their domain', () => {
  const rules = { ...anyAddress, disposable: 'block' as const };
  for (const domain of ['mailinator.com', 'anything.mailinator.com']) {
    expect(mayAsk(rules, domain)).toBe(false);
    expect(mayAsk(anyAddress, domain)).toBe(true);
  }
  for (const domain of ['example.com', 'gmail.com', 'xn--bcher-kva.example', 'localhost']) expect(mayAsk(rules, domain)).toBe(true);
});

test('a site without rules keeps nobody out', () => {
  expect(keepsOut(anyAddress)).toBe(false);
  expect([{ ...anyAddress, disposable: 'block' as const }, allow, { ...anyAddress, block: new Set(['a']) }].every(keepsOut)).toBe(true);
});
