import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export type HeldPort = { port: number; release(): Promise<void> };

/** Below what the kernel gives to outgoing connections: one of those could take the port between release and use. */
const FREE_FROM = 15_000;
const FREE_TO = 32_000;
const TRIES = 100;

/** Keeps a port from everybody else until it is released. 0: a free one. Rejects as `listen` does. */
export async function holdPort(host: string, port: number): Promise<HeldPort> {
  if (port !== 0) return listen(host, port);
  for (let tries = 1; ; tries += 1) {
    try {
      return await listen(host, randomInt(FREE_FROM, FREE_TO));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === TRIES) throw error;
    }
  }
}

async function listen(host: string, port: number): Promise<HeldPort> {
  // Whoever still asks for an earlier user of the port must not keep us from closing it.
  const server = createServer((socket) => socket.destroy());
  server.listen({ host, port });
  await once(server, 'listening', { signal: AbortSignal.timeout(5_000) });
  return {
    port: (server.address() as AddressInfo).port,
    release: () => new Promise((settle) => server.close(() => settle())),
  };
}
