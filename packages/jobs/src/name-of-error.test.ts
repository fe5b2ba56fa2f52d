import { expect, test } from 'vitest';
import { nameOfError } from './name-of-error.ts';

test.each([
  [Object.assign(new Error('the database does not answer'), { code: 'unavailable' }), 'unavailable'],
  [Object.assign(new Error('not authorized on daypass'), { name: 'MongoServerError', code: 13 }), 'MongoServerError_13'],
  [new TypeError('cannot read ada@example.com'), 'TypeError'],
  [Object.assign(new Error('broke'), { code: 'ada@example.com' }), 'unknown_error'],
  [Object.assign(new Error('broke'), { code: 1.5 }), 'Error'],
  [Object.assign(new Error('broke'), { name: 'x'.repeat(65) }), 'unknown_error'],
  ['ada@example.com', 'unknown_error'],
  [undefined, 'unknown_error'],
])('an error is called by a short name that holds nothing it says: %#', (error, name) => {
  expect(nameOfError(error)).toBe(name);
});
