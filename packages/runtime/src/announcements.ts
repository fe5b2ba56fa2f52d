import type { RedisClient } from './redis.ts';

/** That the status of a challenge has changed: the name is its id. */
export const statusTopic = 'status';

const channel = (topic: string) => `{daypass}:${topic}`;

/** Says to every process that listens that something of this name has changed. Nobody waits for it, and it may be lost. */
export function createAnnouncer(redis: RedisClient, topic: string): (name: string) => void {
  return (name) => void redis.publish(channel(topic), name).catch(() => undefined);
}

/**
 * Listens, over a connection that does nothing else, for as long as it lives.
 *
 * @param onGap told when something may have been missed, because the connection was away
 */
export function listenToAnnouncements(
  redis: RedisClient,
  topic: string,
  onName: (name: string) => void,
  onGap: () => void,
): void {
  let subscribed = false;
  redis.on('message', (_channel: string, name: string) => onName(name));
  // ioredis subscribes again by itself after it was away, before it is ready.
  redis.on('ready', () => {
    if (subscribed) onGap();
  });
  redis.subscribe(channel(topic)).then(
    () => {
      subscribed = true;
      onGap(); // What was said before it listened.
    },
    () => undefined, // Redis is away for good: the process stops, or it is not there yet and this waits.
  );
}
