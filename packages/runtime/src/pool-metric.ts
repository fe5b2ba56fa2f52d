import { Gauge, type Registry } from '@prometheus-io/client';

/**
 * Shows how the connections to the database are used.
 *
 * @param read connections with an operation under way, and operations that wait for one
 */
export function addPoolMetric(registry: Registry, read: () => { inUse: number; waiting: number }): void {
  const show = (name: string, help: string, value: () => number) =>
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(value());
        },
      }),
    );
  show('daypass_mongodb_connections_in_use', 'Connections to MongoDB with an operation under way.', () => read().inUse);
  show('daypass_mongodb_operations_waiting', 'Operations that wait for a connection to MongoDB.', () => read().waiting);
}
