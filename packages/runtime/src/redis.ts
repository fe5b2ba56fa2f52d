import { Cluster, Redis } from 'ioredis';
import { gatherWrites } from './gather-writes.ts';
import type { OnConnection } from './tell-of-connections.ts';

/** One server or a cluster: everything of ours keeps to one slot, so that both serve. */
export type RedisClient = Redis | Cluster;

/**
 * How a connection behaves while Redis is away. `fail-fast`: a request is waiting, so commands fail at once.
 * `wait`: a worker has nothing better to do.
 */
export type RedisPatience = 'fail-fast' | 'wait';

/** How long a command may take before whoever asked hears that Redis is not there. */
const commandTimeoutMs = 800;
const connectTimeoutMs = 2_000;
/**
 * How long a connection may owe an answer before it is given up for a new one. A firewall or a failover can forget a
 * connection without telling either end: without this the kernel would go on for a quarter of an hour. Who waits for
 * jobs (BullMQ asks for at most 10 s at a time) is owed one that much later.
 */
const silenceMs = { 'fail-fast': 3_000, wait: 12_000 } as const;
const maxReconnectPauseMs = 500;
/** Why a connection could not be made the last time. */
const troubles = new WeakMap<RedisClient, Error>();

/**
 * Connects in the background, and keeps at it.
 *
 * @param onConnection told each time that it is connected, and each time that it is not, with why
 */
export function connectRedis(url: string, patience: RedisPatience, onConnection: OnConnection): RedisClient {
  const urls = url.split(',').map((node) => node.trim());
  const [first = ''] = urls;
  const redis =
    urls.length === 1
      ? new Redis(first, { ...redisOptions(patience), retryStrategy: reconnectPause })
      : new Cluster(urls, {
          redisOptions: { ...redisOptions(patience), ...credentialsOf(first) },
          enableOfflineQueue: patience === 'wait',
          clusterRetryStrategy: reconnectPause,
          slotsRefreshTimeout: connectTimeoutMs,
        });
  watch(redis, onConnection);
  if (redis instanceof Redis) gatherWrites(redis);
  else redis.on('+node', gatherWrites);
  return redis;
}

function watch(redis: RedisClient, onConnection: OnConnection): void {
  redis.on('ready', () => {
    troubles.delete(redis);
    onConnection('reached');
  });
  redis.on('error', (error: Error) => {
    // How one broke says little. It is made anew at once, and if that fails it says why.
    if (redis.status === 'ready' && 'syscall' in error) return;
    troubles.set(redis, error);
    onConnection('not reached', error);
  });
}

/** Resolves when Redis has been reached; at once when it is. */
export async function untilReady(redis: RedisClient): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve) => {
    redis.once('ready', () => resolve());
  });
}

/** Lets commands in flight finish, unless Redis is away: then there is nothing to say goodbye to. */
export async function closeRedis(redis: RedisClient): Promise<void> {
  if (redis.status !== 'ready') return redis.disconnect();
  await Promise.race([redis.quit(), new Promise((resolve) => setTimeout(resolve, commandTimeoutMs).unref())]);
  redis.disconnect();
}

/** Throws, saying why, unless Redis answers and keeps what it is given. */
export async function checkRedis(redis: RedisClient): Promise<void> {
  const memory = await redis.info('memory').catch((error: unknown) => {
    // What the client says of a connection that it does not have is about itself.
    throw redis.status === 'ready' ? error : new Error('not reached', { cause: troubles.get(redis) });
  });
  const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(`maxmemory-policy is ${policy}: jobs would be lost. It has to be noeviction`);
  }
}

function redisOptions(patience: RedisPatience) {
  const common = {
    connectTimeout: connectTimeoutMs,
    socketTimeout: silenceMs[patience],
    keepAlive: 10_000,
    noDelay: true,
  };
  if (patience === 'wait') return { ...common, maxRetriesPerRequest: null };
  return { ...common, commandTimeout: commandTimeoutMs, enableOfflineQueue: false, maxRetriesPerRequest: 0 };
}

function reconnectPause(tries: number): number {
  return Math.min(50 * tries, maxReconnectPauseMs);
}

/** A cluster's nodes share one password: the client asks the first URL for it. */
function credentialsOf(url: string) {
  const { username, password, protocol } = new URL(url);
  return {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  };
}
