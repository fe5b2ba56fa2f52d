/** One kind of thing that ends. */
export interface Sweep {
  name: string;
  /** When to look, as cron writes it: with seconds. */
  schedule: string;
  /** Deletes at most a batch, and says how many it deleted. Safe to run beside itself in another process. */
  deleteBatch: () => Promise<number>;
  batchSize: number;
}
