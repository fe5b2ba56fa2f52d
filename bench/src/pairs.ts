import { spreadOf } from './statistics.ts';
import type { Figures } from './row.ts';
import type { World } from './world/world.ts';

const usualPairs = 5;
const usualStarts = 3;
const pairsOfStart = 3;

/** One of the two that are compared. Each call measures once and returns a figure in the row's unit. */
export type Measure = () => Promise<number>;

export interface Sides {
  product: Measure;
  yardstick: Measure;
}

/**
 * Measures A B A B …: whatever else the machine does in these minutes, it does to both. The ratio is taken within
 * each pair, and the row's figure is the median of those.
 */
export async function measurePairs(world: World, row: string, sides: Sides, pairCount = usualPairs): Promise<Figures> {
  const pairs = collectPairs(world, row, pairCount);
  for (let pair = 1; pair <= pairCount; pair += 1) await pairs.measure(sides);
  return pairs.figures();
}

/**
 * The same where both sides are started anew for every three pairs. Where code and data of a process come to lie is decided
 * as it starts, and makes it some per cent faster or slower for as long as it lives.
 *
 * @param start starts both and warms them up
 */
export async function measureStarts(
  world: World,
  row: string,
  start: () => Promise<Sides & { stop(): Promise<unknown> }>,
): Promise<Figures> {
  const starts = world.quick ? 1 : usualStarts;
  const pairs = collectPairs(world, row, starts * pairsOfStart);
  for (let number = 1; number <= starts; number += 1) {
    world.progress(`${row}: start ${number} of ${starts}, warming up`);
    const sides = await start();
    try {
      for (let pair = 1; pair <= pairsOfStart; pair += 1) await pairs.measure(sides);
    } finally {
      await sides.stop();
    }
  }
  return pairs.figures();
}

function collectPairs(world: World, row: string, of: number) {
  const product: number[] = [];
  const yardstick: number[] = [];
  const figures = () => ({
    product: spreadOf(product),
    yardstick: spreadOf(yardstick),
    ratio: spreadOf(product.map((value, pair) => value / (yardstick[pair] ?? Number.NaN))),
  });
  return {
    figures,
    async measure(sides: Sides) {
      const soFar = product.length > 0 ? `, so far ${describe(figures())}` : '';
      world.progress(`${row}: pair ${product.length + 1} of ${of}${soFar}`);
      product.push(await sides.product());
      yardstick.push(await sides.yardstick());
    },
  };
}

function describe({ product, yardstick, ratio }: Figures): string {
  return `${shown(product.median)} against ${shown(yardstick.median)}, ratio ${ratio.median.toFixed(2)}`;
}

function shown(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
