import type { Connection } from 'mongoose';

/** How the connections to the database are used. */
export interface PoolReading {
  /** Connections with an operation under way, at most {@link maxConnections}. */
  inUse: number;
  /** Operations that wait for a connection. */
  waiting: number;
}

/** Connections of one process. What finds none free waits. */
export const maxConnections = 16;

/** Counts by what the driver tells (CMAP specification, "Connection Pool Monitoring"), from now on. */
export function watchPool(connection: Connection): () => PoolReading {
  let [asked, got, failed, given] = [0, 0, 0, 0];
  connection
    .getClient()
    .on('connectionCheckOutStarted', () => (asked += 1))
    .on('connectionCheckedOut', () => (got += 1))
    .on('connectionCheckOutFailed', () => (failed += 1))
    .on('connectionCheckedIn', () => (given += 1));
  // What was under way at the beginning is told by its end only.
  return () => ({ inUse: Math.max(0, got - given), waiting: Math.max(0, asked - got - failed) });
}
