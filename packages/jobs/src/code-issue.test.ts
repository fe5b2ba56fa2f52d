import { describe, expect, test } from 'vitest';
import { codeIssue } from './code-issue.ts';

const payload = { v: 1 as const, id: 'a-_9'.repeat(13), site: 'default', envelope: 'AQJrMZaXmJ-_', send: 1 };

describe('a payload', () => {
  test.each([
    ['as it is made', payload],
    ['with the longest of everything', { ...payload, id: 'x'.repeat(64), site: 's'.repeat(64), envelope: 'e'.repeat(2048), send: 3 }],
  ])('is read: %s', (_what, value) => {
    expect(codeIssue.parse(value)).toEqual(value);
  });

  test('is read from what it becomes in Redis', () => {
    expect(codeIssue.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
  });

  test.each(Object.keys(payload))('without %s is refused', (name) => {
    expect(codeIssue.parse(Object.fromEntries(Object.entries(payload).filter(([key]) => key !== name)))).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', JSON.stringify(payload)],
    ['a list', [payload]],
    ['an empty object', {}],
    ['a member that nobody knows', { ...payload, email: 'ada@example.com' }],
    ['an older version', { ...payload, v: 0 }],
    ['a newer version', { ...payload, v: 2 }],
    ['a version as text', { ...payload, v: '1' }],
    ['an id with a colon, which BullMQ does not take', { ...payload, id: 'a:b' }],
    ['an id with a path', { ...payload, id: '../x' }],
    ['an empty id', { ...payload, id: '' }],
    ['an id of 65', { ...payload, id: 'x'.repeat(65) }],
    ['an id that is a number', { ...payload, id: 1 }],
    ['an id with a line break after it', { ...payload, id: 'abc\n' }],
    ['an empty site', { ...payload, site: '' }],
    ['a site of 65', { ...payload, site: 's'.repeat(65) }],
    ['an empty envelope', { ...payload, envelope: '' }],
    ['an envelope of 2049', { ...payload, envelope: 'e'.repeat(2049) }],
    ['an envelope that is readable', { ...payload, envelope: 'ada@example.com' }],
    ['an envelope with padding', { ...payload, envelope: 'AQ==' }],
    ['an envelope in the other base64', { ...payload, envelope: 'a+b/' }],
    ['send 0', { ...payload, send: 0 }],
    ['send 4', { ...payload, send: 4 }],
    ['send 1.5', { ...payload, send: 1.5 }],
    ['send as text', { ...payload, send: '1' }],
  ])('is refused: %s', (_what, value) => {
    expect(codeIssue.parse(value)).toBeUndefined();
  });
});

describe('the id of a job', () => {
  test('is the same for the same mail, and another for each send', () => {
    expect(codeIssue.idOf(payload)).toBe(codeIssue.idOf({ ...payload, envelope: 'other' }));
    expect(new Set([1, 2, 3].map((send) => codeIssue.idOf({ ...payload, send }))).size).toBe(3);
  });

  test('is one that BullMQ takes: no colon, and never digits alone', () => {
    for (const id of [payload.id, '1'.repeat(52), '-', '_']) {
      expect(codeIssue.idOf({ ...payload, id })).toMatch(/^[A-Za-z0-9_-]+\.\d$/);
    }
  });
});
