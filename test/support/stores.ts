import { inject } from 'vitest';

/** The stores that all integration tests share. */
export interface SharedStores {
  redisUrl: string;
  /** A connection string with DATABASE where a database's name belongs. */
  mongodbUrl: string;
  /** Where the engines keep their files; absent when the stores are the user's own. */
  redisDir?: string;
  mongoDir?: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    stores: SharedStores;
  }
}

/** Each of the processes that tests run in has a Redis database of its own: they empty it. */
export function sharedStores(): SharedStores {
  const stores = inject('stores');
  const ownRedis = process.env['REDIS_URL'] === undefined ? `${stores.redisUrl}/${process.env['VITEST_POOL_ID'] ?? 0}` : stores.redisUrl;
  return { ...stores, redisUrl: ownRedis };
}

/** The connection string of one database. */
export function databaseUrl(name: string): string {
  return sharedStores().mongodbUrl.replace('DATABASE', name);
}
