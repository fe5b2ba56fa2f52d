/** One kind of thing that ends. */
export interface Sweep {
  name: string;
  /** When to look, as cron writes it: with seconds. */
  schedule: string;
  /** Deletes one batch, and says whether there may be more. Safe to run beside itself in another process. */
  deleteBatch: () => Promise<{ deleted: number; more: boolean }>;
  /** How long the oldest thing that is due has been due, in seconds; 0 when nothing is. */
  lagSeconds: () => Promise<number>;
}
