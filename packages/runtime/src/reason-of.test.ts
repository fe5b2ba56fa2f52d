import { expect, test } from 'vitest';
import { reasonOf } from './reason-of.ts';

const secret = 'hunter2';
const named = (name: string, message: string, rest: object = {}) => Object.assign(new Error(message), { name, ...rest });
const refused = named('Error', `connect ECONNREFUSED redis://:${secret}@10.0.0.1`, { code: 'ECONNREFUSED' });

test.each<[string, unknown, string]>([
  ['a system call', refused, 'ECONNREFUSED'],
  ['a certificate', named('Error', 'self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ['a driver that wraps it twice', named('MongoServerSelectionError', secret, { cause: named('MongoNetworkError', secret, { cause: refused }) }), 'ECONNREFUSED'],
  ['a cluster', named('ClusterAllFailedError', 'Failed to refresh slots cache.', { lastNodeError: refused }), 'ECONNREFUSED'],
  ['a cluster that does not tell', named('ClusterAllFailedError', 'Failed to refresh slots cache.', { lastNodeError: new Error('Connection is closed.') }), 'ClusterAllFailedError'],
  ['a reply of Redis', named('ReplyError', `WRONGPASS invalid ${secret}`), 'WRONGPASS'],
  ['a reply of Redis without a name', named('ReplyError', 'ERR max number of clients reached'), 'ERR max number of clients reached'],
  ['a reply of Redis that quotes', named('ReplyError', `ERR unknown command 'AUTH', with args beginning with: '${secret}'`), 'ERR unknown command'],
  ['a reply of MongoDB', named('MongoServerError', secret, { code: 18, codeName: 'AuthenticationFailed' }), 'AuthenticationFailed'],
  ['silence', named('Error', "Socket timeout. Expecting data, but didn't receive any in 3000ms."), 'no answer'],
  ['a URL that does not parse', named('MongoParseError', `Invalid connection string "mongodb://u:${secret} x@h"`), 'MongoParseError'],
  ['something that is no error', secret, 'unknown'],
])('of %s it says a name, and nothing that could be quoted', (_what, error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});

test('a chain of causes without an end has one', () => {
  const error: Error = named('Loop', '');
  error.cause = error;
  expect(reasonOf(error)).toBe('Loop');
});
