import { describe, expect, test } from 'vitest';
import { isLoopback } from './config.ts';
import { describeError } from './logger.ts';

const describedText = (error: unknown) => JSON.stringify(describeError(error));

describe('an error that is written down', () => {
  test('keeps its name, code, message and where it happened', () => {
    const error = Object.assign(new TypeError('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' });
    const described = describeError(error);
    expect(described).toMatchObject({ name: 'TypeError', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:6379' });
    expect(described.stack?.[0]).toMatch(/^at .*logger\.test\.ts:\d+:\d+/);
  });

  test.each([
    ['an address', '550 5.1.1 <Ada.Lovelace@example.com>: unknown', ['lovelace', 'example.com']],
    ['an address in quotes', 'bad "ada@example.com", sorry', ['ada', 'example.com']],
    ['several addresses', 'ada@example.com,eve@example.org;x@y', ['ada', 'eve', 'x@y']],
    ['an address as a URL writes it', 'GET /v1?email=ada%40example.com not found', ['ada', 'example.com']],
    ['a Unicode address', 'no route to δοκιμή@παράδειγμα', ['δοκιμή', 'παράδειγμα']],
    ['a password in a URL', 'cannot connect to redis://user:hunter2@host:6379/0', ['hunter2', 'user']],
    ['a password with signs in it', 'bad URL mongodb://user:hun,ter(2);3"4@host/db', ['hun', 'ter', '2', '3', '4']],
    ['a password with an @ in it', 'bad URL redis://:hun@ter2@host', ['hun', 'ter2']],
    ['several URLs', 'redis://u:one@a:1,redis://u:two@b:2', ['one', 'two']],
    ['an address far into the message', `${'word '.repeat(58)}lovelace@example.com`, ['lovelace', 'lovela', 'example']],
    ['an address across the cut', `${'x'.repeat(290)} lovelace@example.com`, ['lovel']],
    ['an address cut before its @', `${'x'.repeat(294)} lovelace@example.com`, ['lovel']],
  ])('does not show %s', (_what, message, secrets) => {
    const { message: said } = describeError(new Error(message));
    for (const secret of secrets) expect(said).not.toContain(secret);
    expect(said.length).toBeLessThanOrEqual(300);
  });

  test('leaves the rest of the message to be read', () => {
    expect(describeError(new Error('550 <ada@example.com>: unknown')).message).toBe('550 <[masked]>: unknown');
    expect(describeError(new Error('redis://u:p@h refused')).message).toBe('[masked] refused');
  });

  test('has nothing of its message in the stack', () => {
    const error = new Error('first line\n    at ada@example.com\n    at evil (ada@example.com:1:1)\nlast line');
    expect(describedText(error)).not.toContain('ada');
    expect(describeError(error).stack?.every((frame) => frame.startsWith('at '))).toBe(true);
  });

  test('is masked down to its causes, and causes end', () => {
    const loop = new Error('outer');
    loop.cause = new Error('inner for ada@example.com', { cause: loop });
    expect(describedText(loop)).not.toContain('ada');
    expect(describedText(loop).match(/inner for/g)).toHaveLength(3);
  });

  test.each([undefined, null, 'ada@example.com', { email: 'ada@example.com' }, 7])('that is no error says only its type: %j', (thrown) => {
    expect(describeError(thrown)).toEqual({ name: typeof thrown, message: '' });
  });

  test.each(['a', '@', ':/', '://', ' a', '%4'])('with a megabyte of %j for a message is described in no time', (unit) => {
    // Time that grew with the square of the length would outlast the test's deadline.
    expect(describeError(new Error(unit.repeat(1_000_000 / unit.length))).message.length).toBeLessThanOrEqual(300);
  });
});

test('loopback is what only this machine can reach', () => {
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]']) expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '128.0.0.1']) {
    expect(isLoopback(host)).toBe(false);
  }
});
