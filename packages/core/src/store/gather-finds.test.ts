import { expect, test } from 'vitest';
import { gatherFinds } from './gather-finds.ts';

/** Finds every id but those that begin with "no", and remembers what it was asked. */
function createFinder() {
  const queries: string[][] = [];
  const find = gatherFinds(async (ids) => {
    queries.push(ids);
    if (ids.includes('broken')) throw new Error('away');
    return ids.filter((id) => !id.startsWith('no')).map((_id) => ({ _id }));
  });
  return { find, queries };
}

test('what is asked for in one turn is one query, and each gets its own', async () => {
  const { find, queries } = createFinder();
  const found = await Promise.all([find('a'), find('no-b'), find('c'), find('a')]);
  expect(found).toEqual([{ _id: 'a' }, undefined, { _id: 'c' }, { _id: 'a' }]);
  expect(queries).toEqual([['a', 'no-b', 'c']]);
  await find('d');
  expect(queries).toHaveLength(2);
});

test('no query asks for more than 64', async () => {
  const { find, queries } = createFinder();
  const ids = Array.from({ length: 150 }, (_, index) => `id-${index}`);
  expect(await Promise.all(ids.map(find))).toEqual(ids.map((_id) => ({ _id })));
  expect(queries.map((asked) => asked.length)).toEqual([64, 64, 22]);
});

test('a query that fails fails for all who asked, and for nobody after them', async () => {
  const { find } = createFinder();
  const asked = await Promise.allSettled([find('a'), find('broken')]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await find('a')).toEqual({ _id: 'a' });
});
