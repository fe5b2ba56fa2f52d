import type { Store } from '@daypass/core/store/open-store';
import type { RedisClient } from '@daypass/runtime/redis';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Clocks that differ by more count wrongly: windows, lifetimes, the steps of authenticator apps. */
const bearableSkewMs = 2_000;

/** Redis: whether it keeps what it is given. */
export async function lookAtRedis(redis: RedisClient, now: () => Date): Promise<Finding[]> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
  const version = field('redis_version') ?? 'unknown';
  const policy = field('maxmemory_policy');
  const [seconds, micros] = await redis.time();
  const skewMs = Math.abs(now().getTime() - (Number(seconds) * 1000 + Number(micros) / 1000));
  return [
    Number.parseFloat(version) >= 6.2 ? ok('redis version', version) : fail('redis version', version, 'BullMQ wants 6.2 or newer'),
    policy === undefined || policy === 'noeviction'
      ? ok('redis memory policy', policy ?? 'not told')
      : fail('redis memory policy', policy, 'set maxmemory-policy noeviction: jobs and limits would be thrown away'),
    field('aof_enabled') === '1' ? ok('redis append-only file', 'on') : warn('redis append-only file', 'off', 'set appendonly yes: a restart loses the queue'),
    skewMs <= bearableSkewMs ? ok('clock', 'this machine and Redis agree') : fail('clock', `${Math.round(skewMs / 1000)} s apart from Redis`, 'run NTP on every machine'),
  ];
}

/** MongoDB: whether it answers, has its indexes, and waits for its writes. */
export async function lookAtMongo(store: Store): Promise<Finding[]> {
  const { version, writeConcern } = await store.describe();
  const durable = writeConcern === 'majority' || writeConcern === undefined;
  return [
    Number.parseFloat(version) >= 4.4 ? ok('mongodb version', version) : fail('mongodb version', version, 'the driver wants 4.4 or newer'),
    await store.ready().then(
      () => ok('mongodb indexes', 'there'),
      () => fail('mongodb indexes', 'not made', 'give the user readWrite on the database'),
    ),
    durable ? ok('mongodb write concern', writeConcern ?? "the server's") : warn('mongodb write concern', String(writeConcern), 'on a replica set leave w out of MONGODB_URL, or say majority'),
  ];
}
