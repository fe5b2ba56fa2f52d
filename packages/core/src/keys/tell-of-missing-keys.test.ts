import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { open, seal, type SealContext } from './seal.ts';
import { parseSealingKeys } from './sealing-keys.ts';
import { tellOfMissingKeys } from './tell-of-missing-keys.ts';

const entry = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
const context = (purpose: SealContext['purpose'] = 'totp'): SealContext => ({ purpose, site: 'default', id: 'one', issuedAt: new Date(0) });
const sealedUnder = (kid: string, purpose?: SealContext['purpose']) => seal(parseSealingKeys(entry(kid)), context(purpose), 'text', randomBytes);

function listening() {
  const told: unknown[] = [];
  const keys = tellOfMissingKeys(parseSealingKeys(entry('here')), { error: (fields) => told.push(fields) });
  return { keys, told };
}

test('a key that is missing is named once, however much is sealed under it', () => {
  const { keys, told } = listening();
  for (let each = 0; each < 5; each += 1) expect(open(keys, context(), sealedUnder('gone'))).toBeUndefined();
  open(keys, context(), sealedUnder('lost'));
  expect(told).toEqual([{ kid: 'gone' }, { kid: 'lost' }]);
});

test('what opens, is edited or is carried by a visitor names none', () => {
  const { keys, told } = listening();
  const ours = seal(keys, context(), 'text', randomBytes);
  expect(open(keys, context(), ours)).toBe('text');
  open(keys, context(), `${ours.slice(0, -2)}AA`);
  open(keys, context('login'), sealedUnder('made-up', 'login'));
  expect(told).toEqual([]);
});

test('who makes names up fills no log', () => {
  const { keys, told } = listening();
  for (let each = 0; each < 100; each += 1) open(keys, context(), sealedUnder(`k${each}`));
  open(keys, context(), Buffer.concat([Buffer.from([2, 3]), Buffer.from('a\nb'), Buffer.alloc(80)]).toString('base64url'));
  expect(told).toHaveLength(10);
});
