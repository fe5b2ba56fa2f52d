import type { Spread } from './statistics.ts';
import type { World } from './world/world.ts';

/** One journey that is measured, beside its yardstick. */
export interface Row {
  name: string;
  journey: string;
  yardstick: string;
  /** What the figures are in: `/s`, `ms`, `MB`. */
  unit: string;
  goal: Goal;
  /** Starts what it needs, measures, and leaves nothing running. */
  run(world: World): Promise<Figures>;
}

/** Where the ratio of journey to yardstick should be. */
export interface Goal {
  better: 'higher' | 'lower';
  toReach: number;
  toAimFor?: number;
}

export interface Figures {
  product: Spread;
  yardstick: Spread;
  ratio: Spread;
  /** What the three figures do not say. */
  note?: string;
}

export type Standing = 'aimed for' | 'reached' | 'missed';

/** How a ratio stands to its goal. */
export function standingOf({ better, toReach, toAimFor }: Goal, ratio: number): Standing {
  const meets = (mark: number) => (better === 'higher' ? ratio >= mark : ratio <= mark);
  if (toAimFor !== undefined && meets(toAimFor)) return 'aimed for';
  return meets(toReach) ? 'reached' : 'missed';
}
