import { describe, expect, test } from 'vitest';
import { parseSender } from './parse-sender.ts';

describe('a sender', () => {
  test.each([
    ['no-reply@example.com', '', 'no-reply@example.com'],
    [' no-reply@example.com ', '', 'no-reply@example.com'],
    ['<no-reply@example.com>', '', 'no-reply@example.com'],
    ['Daypass <no-reply@example.com>', 'Daypass', 'no-reply@example.com'],
    ['"Daypass, Inc." <no-reply@example.com>', 'Daypass, Inc.', 'no-reply@example.com'],
    ['Café Zürich <bonjour@café.example>', 'Café Zürich', 'bonjour@xn--caf-dma.example'],
    ['Daypass <No-Reply@localhost>', 'Daypass', 'No-Reply@localhost'],
  ])('is read: %s', (text, name, address) => {
    expect(parseSender(text)).toEqual({ name, address, domain: address.slice(address.indexOf('@') + 1).toLowerCase() });
  });

  test.each([
    '',
    'Daypass',
    'Daypass <>',
    'Daypass <nobody>',
    'Daypass no-reply@example.com',
    'a@example.com, b@example.com',
    'A <a@example.com>, B <b@example.com>',
    'Daypass <a@example.com> trailing',
    'Daypass\r\nBcc: e@example.com <a@example.com>',
    'Daypass <a@example.com\r\nBcc: e@example.com>',
    'a@example.com\r\nBcc: e@example.com',
    'Day"pass <a@example.com>',
    'a@localhost:25',
    'a b@localhost',
  ])('is refused: %j', (text) => {
    expect(parseSender(text)).toBeUndefined();
  });
});
