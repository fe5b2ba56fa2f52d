/** One kind of thing that has to be done over and over, to whatever is due for it. */
export interface Sweep {
  name: string;
  /** What is done to a thing, for the metrics. */
  does: 'delete' | 'reseal';
  /** When to look, as cron writes it: with seconds. */
  schedule: string;
  /** Does one batch, and says whether there may be more. Safe to run beside itself in another process. */
  runBatch: () => Promise<{ done: number; more: boolean }>;
  /** How long the oldest thing that is due has been due, in seconds; 0 when nothing is. Not for what has no due time. */
  lagSeconds?: () => Promise<number>;
  /** How many things are waiting, where that is asked for. */
  backlog?: () => Promise<number>;
}
