import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { logLevel, mongodbUrl, opsInsecure, opsPort, port, redisUrl } from './config.ts';
import { readConfigFile } from './read-config-file.ts';
import { ConfigurationError, readEnvironment } from './read-environment.ts';
import { integer, list, oneOf, text, type Variable } from './variable.ts';

const dir = mkdtempSync(join(tmpdir(), 'daypass-environment-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string, content: string) => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

const key: Variable<string> = {
  name: 'KEY',
  wants: 'a key',
  parse(value) {
    if (value.length !== 5) throw new Error('wants 5 characters');
    return value;
  },
  secret: true,
};
const name: Variable<string> = { name: 'NAME', wants: 'a name', parse: text };

/** What is said of an environment that will not do. */
function problemsOf(variables: Record<string, Variable<unknown>>, environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readEnvironment(variables, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('an environment', () => {
  test('is read with its types, and with the defaults of what is not set or empty', () => {
    const read = readEnvironment({ port, opsPort: opsPort(9100), logLevel, opsInsecure }, { PORT: '0', LOG_LEVEL: '', OPS_INSECURE: '1' });
    expect(read).toEqual({ port: 0, opsPort: 9100, logLevel: 'info', opsInsecure: true });
  });

  test('has all of its problems told at once, each by variable and by what it wants', () => {
    expect(problemsOf({ port, redisUrl, key, name }, { PORT: 'http', KEY: 'four' })).toEqual([
      'PORT is malformed. It wants a port number, 0 to 65535 (0: any free one).',
      'REDIS_URL is not set. It wants redis://… or rediss://…, or several of them, comma-separated, for a cluster.',
      'KEY is malformed. wants 5 characters. It wants a key.',
      'NAME is not set. It wants a name.',
    ]);
  });

  test('is never quoted in what is said of it, not even what is no secret', () => {
    const value = 'hunter2-S3CR3T';
    const environment = { PORT: value, REDIS_URL: `http://u:${value}@h`, MONGODB_URL: value, KEY: value, LOG_LEVEL: value, OPS_INSECURE: value };
    const problems = problemsOf({ port, redisUrl, mongodbUrl, key, logLevel, opsInsecure }, environment);
    expect(problems).toHaveLength(6);
    expect(problems.join()).not.toContain(value);
  });
});

describe('a secret', () => {
  test('may be in a file, and white space around it there does not count', () => {
    expect(readEnvironment({ key }, { KEY_FILE: file('key', '\n 12345 \n') })).toEqual({ key: '12345' });
  });

  test('is not looked for in a file when it is no secret', () => {
    expect(problemsOf({ name }, { NAME_FILE: file('name', 'ada') })).toEqual(['NAME is not set. It wants a name.']);
  });

  test('given both ways is a mistake', () => {
    const problems = problemsOf({ key }, { KEY: '12345', KEY_FILE: file('both', '12345') });
    expect(problems).toEqual(['KEY and KEY_FILE are both set. Set one of them.']);
  });

  test('in a file that cannot be read is a mistake that does not quote the path', () => {
    const path = join(dir, 'hunter2');
    expect(problemsOf({ key }, { KEY_FILE: path })).toEqual(['KEY_FILE names a file that cannot be read (ENOENT).']);
    expect(problemsOf({ key }, { KEY_FILE: dir })).toEqual(['KEY_FILE names a file that cannot be read (EISDIR).']);
  });

  test('in an empty file is a mistake, not its default', () => {
    const withDefault = { ...key, fallback: '12345' };
    expect(problemsOf({ key: withDefault }, { KEY_FILE: file('empty', '') })).toHaveLength(1);
  });

  test('that is malformed in a file is not quoted', () => {
    expect(problemsOf({ key }, { KEY_FILE: file('long', 'hunter2') }).join()).not.toContain('hunter2');
  });
});

describe('what a variable takes', () => {
  const takes = (variable: Variable<unknown>, value: string) => problemsOf({ variable }, { [variable.name]: value }).length === 0;

  test.each(['0', '80', '65535', ' 3000 '])('a port: %j', (value) => expect(takes(port, value)).toBe(true));
  test.each(['-1', '65536', '1e3', '0x50', '80.5', '9999999999', 'Infinity', 'http'])('no port: %j', (value) => {
    expect(takes(port, value)).toBe(false);
  });

  test.each(['redis://h', 'rediss://u:p@h:6380/1', 'redis://a:1,redis://b:2, redis://c:3'])('a Redis: %j', (value) => {
    expect(takes(redisUrl, value)).toBe(true);
  });
  test.each(['h:6379', 'http://h', 'redis://', 'redis://a,b', 'redis://a,', '/run/redis.sock'])('no Redis: %j', (value) => {
    expect(takes(redisUrl, value)).toBe(false);
  });

  test.each(['mongodb://h', 'mongodb://u:p@a:1,b:2/x?replicaSet=r', 'mongodb+srv://h/x', 'mongodb://%2Frun%2Fm.sock/x'])(
    'a MongoDB: %j',
    (value) => expect(takes(mongodbUrl, value)).toBe(true),
  );
  test.each(['h:27017', 'http://h', 'mongodb://', 'mongodb:///x', ' mongodb://h'])('no MongoDB: %j', (value) => {
    expect(takes(mongodbUrl, value)).toBe(false);
  });

  test('a list loses its empty entries and the white space around the others', () => {
    expect(list(' a, b ,,c,')).toEqual(['a', 'b', 'c']);
    expect(list('')).toEqual([]);
  });

  test('a choice is one of those that there are', () => {
    expect(oneOf('a', 'b')(' b ')).toBe('b');
    expect(oneOf('a', 'b')('c')).toBeUndefined();
  });

  test('a number keeps within its bounds', () => {
    expect([integer(1, 100)('1'), integer(1, 100)('100')]).toEqual([1, 100]);
    expect([integer(1, 100)('0'), integer(1, 100)('101'), integer(1, 100)('')]).toEqual([undefined, undefined, undefined]);
  });
});

describe('a file that a variable names', () => {
  const parse = (content: string) => (content === 'right' ? { ok: true as const, content } : { ok: false as const, mistakes: ['a is missing.', 'b is empty.'] });
  const problemsIn = (path: string): readonly string[] => {
    try {
      readConfigFile('THINGS', path, parse);
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
  };

  test('is read and parsed', () => {
    expect(readConfigFile('THINGS', file('things', 'right'), parse).content).toBe('right');
  });

  test('has all of its mistakes told at once', () => {
    expect(problemsIn(file('wrong-things', 'wrong'))).toEqual(['THINGS: a is missing.', 'THINGS: b is empty.']);
  });

  test('that cannot be read, or is too large to be one, is a mistake that does not quote the path', () => {
    expect(problemsIn(join(dir, 'hunter2'))).toEqual(['THINGS names a file that cannot be read (ENOENT).']);
    expect(problemsIn(file('large', 'x'.repeat(2 ** 20 + 1)))).toEqual(['THINGS names a file of more than 1048576 characters.']);
  });
});
