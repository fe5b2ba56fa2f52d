import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { afterSteps, inStep, nextStep } from './in-step.ts';

/** What happened, in the order in which it did. */
function createDiary() {
  const entries: string[] = [];
  return { entries, note: (entry: string) => void entries.push(entry) };
}

test('those who come together take each step before anybody takes the next', async () => {
  const { entries, note } = createDiary();
  await Promise.all(
    ['a', 'b', 'c'].map(async (visitor) => {
      await inStep();
      note(`${visitor}1`);
      await nextStep();
      note(`${visitor}2`);
    }),
  );
  expect(entries).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

test('no group has more than sixteen, and one has done its steps and its ending before the next sets out', async () => {
  const { entries, note } = createDiary();
  await Promise.all(
    Array.from({ length: 20 }, async (_, visitor) => {
      await inStep();
      note(`${visitor}`);
      await nextStep();
      if (visitor % 16 === 0) afterSteps(() => note(`ending of ${visitor}`));
    }),
  );
  await nextTurn();
  const numbers = Array.from({ length: 20 }, (_, visitor) => `${visitor}`);
  expect(entries).toEqual([...numbers.slice(0, 16), 'ending of 0', ...numbers.slice(16), 'ending of 16']);
});

test('an ending comes after all steps that wait for nothing else, and before the next turn', async () => {
  const { entries, note } = createDiary();
  const visit = async () => {
    await inStep();
    afterSteps(() => note('ending'));
    for (let step = 1; step <= 5; step += 1) await nextStep();
    note('last step');
  };
  void visit();
  await nextTurn();
  setImmediate(() => note('next turn'));
  await nextTurn();
  expect(entries).toEqual(['last step', 'ending', 'next turn']);
});

test('with nobody in step an ending comes at the end of the turn, once', async () => {
  const { entries, note } = createDiary();
  afterSteps(() => note('ending'));
  await nextStep();
  note('still this turn');
  await nextTurn();
  await nextTurn();
  expect(entries).toEqual(['still this turn', 'ending']);
});

test('who comes while a group is under way is in the next one', async () => {
  const { entries, note } = createDiary();
  const visit = async (visitor: string, then?: () => void) => {
    await inStep();
    note(`${visitor}1`);
    then?.();
    await nextStep();
    note(`${visitor}2`);
  };
  await visit('a', () => void visit('b'));
  await nextTurn();
  await nextTurn();
  expect(entries).toEqual(['a1', 'a2', 'b1', 'b2']);
});
