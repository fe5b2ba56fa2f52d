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

export function sharedStores(): SharedStores {
  return inject('stores');
}

/** The connection string of one database. */
export function databaseUrl(name: string): string {
  return sharedStores().mongodbUrl.replace('DATABASE', name);
}
