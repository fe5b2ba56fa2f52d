import { spreadOf } from './statistics.ts';
import type { Figures } from './row.ts';
import type { World } from './world/world.ts';

const usualPairs = 5;

/** One of the two that are compared. Each call measures once and returns a figure in the row's unit. */
export type Measure = () => Promise<number>;

/**
 * Measures A B A B …: whatever else the machine does in these minutes, it does to both. The ratio is taken within
 * each pair, and the row's figure is the median of those.
 */
export async function measurePairs(
  world: World,
  row: string,
  sides: { product: Measure; yardstick: Measure },
  pairCount = usualPairs,
): Promise<Figures> {
  const product: number[] = [];
  const yardstick: number[] = [];
  const figures = () => ({
    product: spreadOf(product),
    yardstick: spreadOf(yardstick),
    ratio: spreadOf(product.map((value, pair) => value / (yardstick[pair] ?? Number.NaN))),
  });
  for (let pair = 1; pair <= pairCount; pair += 1) {
    world.progress(`${row}: pair ${pair} of ${pairCount}${pair > 1 ? `, so far ${describe(figures())}` : ''}`);
    product.push(await sides.product());
    yardstick.push(await sides.yardstick());
  }
  return figures();
}

function describe({ product, yardstick, ratio }: Figures): string {
  return `${shown(product.median)} against ${shown(yardstick.median)}, ratio ${ratio.median.toFixed(2)}`;
}

function shown(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
