import { expect, test } from 'vitest';
import { gather } from './gather.ts';

/** Doubles what it is given, and remembers with what it was asked. */
function createDoubler() {
  const commands: number[][] = [];
  const double = gather(async (inputs: number[]) => {
    commands.push(inputs);
    if (inputs.includes(0)) throw new Error('away');
    return inputs.map((input) => (input < 0 ? new Error('too small') : 2 * input));
  });
  return { double, commands };
}

test('what is asked for in one turn is one command, and each gets its own', async () => {
  const { double, commands } = createDoubler();
  expect(await Promise.all([1, 2, 3, 1].map(double))).toEqual([2, 4, 6, 2]);
  expect(commands).toEqual([[1, 2, 3, 1]]);
  expect(await double(4)).toBe(8);
  expect(commands).toHaveLength(2);
});

test('no command is for more than 64', async () => {
  const { double, commands } = createDoubler();
  const inputs = Array.from({ length: 150 }, (_, index) => index + 1);
  expect(await Promise.all(inputs.map(double))).toEqual(inputs.map((input) => 2 * input));
  expect(commands.map((asked) => asked.length)).toEqual([64, 64, 22]);
});

test('trouble with one input is nobody else’s', async () => {
  const { double } = createDoubler();
  const [one, small, two] = await Promise.allSettled([double(1), double(-1), double(2)]);
  expect([one, two]).toEqual([2, 4].map((value) => ({ status: 'fulfilled', value })));
  expect(small).toMatchObject({ status: 'rejected', reason: new Error('too small') });
});

test('a command that fails fails for all who asked, and for nobody after them', async () => {
  const { double } = createDoubler();
  const asked = await Promise.allSettled([double(1), double(0)]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await double(1)).toBe(2);
});
