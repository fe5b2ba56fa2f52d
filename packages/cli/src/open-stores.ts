import { openStore, type Store } from '@daypass/core/store/open-store';
import { closeRedis, connectRedis, untilReady, type RedisClient } from '@daypass/runtime/redis';

const patienceMs = 5_000;

/** Both stores, for as long as `work` takes. Rejects when one of them is not reached in five seconds. */
export async function withStores<T>(
  { redisUrl, mongodbUrl }: { redisUrl: string; mongodbUrl: string },
  work: (stores: { redis: RedisClient; store: Store }) => Promise<T>,
): Promise<T> {
  const redis = connectRedis(redisUrl, 'fail-fast', () => undefined);
  const store = openStore(mongodbUrl, () => undefined);
  try {
    await reached(untilReady(redis), 'REDIS_UNREACHED');
    await reached(store.connected, 'MONGODB_UNREACHED');
    return await work({ redis, store });
  } finally {
    await closeRedis(redis);
    await store.close();
  }
}

function reached(waiting: Promise<void>, code: string): Promise<void> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(Object.assign(new Error(code), { code })), patienceMs).unref();
  });
  return Promise.race([waiting, late]);
}
