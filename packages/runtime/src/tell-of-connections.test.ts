import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { tellOfConnections } from './tell-of-connections.ts';

let said: string[];
let minutes: number;
let onConnection: ReturnType<typeof tellOfConnections>;
beforeEach(() => {
  said = [];
  minutes = 0;
  const write = (line: string) => {
    const { level, msg, reason = '', afterSeconds = '' } = JSON.parse(line) as Record<string, string | number>;
    said.push(`${level} ${msg} ${reason}${afterSeconds}`.trim());
  };
  onConnection = tellOfConnections(pino({ level: 'info', formatters: { level: (level) => ({ level }) } }, { write }), () => minutes * 60_000);
});
const refused = Object.assign(new Error('connect ECONNREFUSED redis://:hunter2@here'), { code: 'ECONNREFUSED' });
const unknown = Object.assign(new Error('getaddrinfo ENOTFOUND here'), { code: 'ENOTFOUND' });

test('what is reached from the beginning is not talked about', () => {
  onConnection('redis')('reached');
  expect(said).toEqual([]);
});

test('two connections to the same: one line when the first is missing, one when the last is there', () => {
  const [one, other] = [onConnection('redis'), onConnection('redis')];
  one('reached');
  for (let tries = 0; tries < 20; tries += 1) for (const each of [one, other]) each('not reached', refused);
  minutes = 0.5;
  one('reached');
  expect(said).toEqual(['warn redis: not reached ECONNREFUSED']);
  other('reached');
  expect(said).toEqual(['warn redis: not reached ECONNREFUSED', 'info redis: reached 30']);
});

test('what is missing again is said again, however soon', () => {
  const connection = onConnection('redis');
  connection('not reached', refused);
  connection('reached');
  connection('not reached', refused);
  expect(said.filter((line) => line.startsWith('warn'))).toHaveLength(2);
});

test('another reason is said, and reasons that take turns are not said each time', () => {
  const connection = onConnection('mongodb');
  for (let tries = 0; tries < 20; tries += 1) for (const error of [refused, unknown]) connection('not reached', error);
  connection('indexes not made', refused);
  expect(said).toEqual(['warn mongodb: not reached ECONNREFUSED', 'warn mongodb: not reached ENOTFOUND', 'warn mongodb: indexes not made ECONNREFUSED']);
});

test('the same reason is said again when a minute has gone by', () => {
  const connection = onConnection('redis');
  for (minutes = 0; minutes < 3; minutes += 0.01) connection('not reached', refused);
  expect(said).toEqual(Array(3).fill('warn redis: not reached ECONNREFUSED'));
});

test('of two things each has its own line', () => {
  onConnection('redis')('not reached', refused);
  onConnection('mongodb')('not reached', refused);
  expect(said).toEqual(['warn redis: not reached ECONNREFUSED', 'warn mongodb: not reached ECONNREFUSED']);
});
