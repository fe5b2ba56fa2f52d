import type { Redis } from 'ioredis';

/** Much that is done in one go must not keep its first commands waiting for its last. */
const mostAtOnce = 64;

/**
 * Sends what is written to a connection in one go, before the event loop goes on, with one system call: commands of
 * requests that are handled together wake Redis once, instead of once each. None waits for the next event.
 *
 * (ioredis's own autopipelining does the same a layer higher, where it makes scripts slower than it makes them fast.)
 */
export function gatherWrites(redis: Redis): void {
  redis.on('connect', () => {
    const { stream } = redis;
    const write: typeof stream.write = stream.write.bind(stream);
    let gathered = 0;
    const send = () => {
      if (gathered === 0) return;
      gathered = 0;
      stream.uncork();
    };
    stream.write = ((...written: Parameters<typeof write>) => {
      if (gathered === 0) {
        stream.cork();
        process.nextTick(send);
      }
      gathered += 1;
      const mayGoOn = write(...written);
      if (gathered === mostAtOnce) send();
      return mayGoOn;
    }) as typeof stream.write;
  });
}
