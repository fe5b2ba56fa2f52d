import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to the connections through it. */
export type Fault =
  | { mode: 'pass' }
  /** Resets everybody who is connected, and whoever connects. */
  | { mode: 'refuse' }
  /** Forwards nothing for now. What was held back goes on when the fault ends, as after a bad stretch of network. */
  | { mode: 'stall' }
  /** Makes every chunk wait, in both directions. */
  | { mode: 'slow'; delayMs: number }
  /**
   * A connection falls silent for good: open at both ends, and nothing will ever pass again, whatever comes next. `cut`
   * resets it instead. Without `at` it hits everybody who is connected (and `freeze`: whoever connects); with it, those
   * whose client says so from now on.
   */
  | {
      mode: 'freeze' | 'cut';
      at?: RegExp;
      /** Whether the server still hears what matched: then it is the answer that is lost. */
      delivered?: boolean;
    };

export interface TcpProxy {
  port: number;
  set(fault: Fault): void;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket;
  /** What has befallen this connection for good. */
  fate?: 'freeze' | 'cut';
}

/** A TCP proxy on loopback that fails as it is told to. It breaks nothing but the way: both ends stay as they are. */
export async function startTcpProxy(upstream: NetConnectOpts): Promise<TcpProxy> {
  const links = new Set<Link>();
  let fault: Fault = { mode: 'pass' };
  let changed = Promise.withResolvers<void>();

  const listener = createServer((client) => {
    if (fault.mode === 'refuse') return void client.resetAndDestroy();
    const link: Link = { client, server: connect(upstream) };
    if (fault.mode === 'freeze' && !fault.at) link.fate = 'freeze';
    links.add(link);
    for (const [socket, other] of [
      [link.client, link.server],
      [link.server, link.client],
    ] as const) {
      socket.setNoDelay(true); // Otherwise every mail on loopback waits 40 ms for an acknowledgement.
      socket.on('error', () => cut(link));
      socket.on('close', () => {
        links.delete(link);
        other.destroySoon(); // What it was sent before goes out first.
      });
    }
    void forward(link, link.client, link.server).catch(() => cut(link));
    void forward(link, link.server, link.client).catch(() => cut(link));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  async function forward(link: Link, from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      await mayPass(link, chunk, from === link.client);
      if (!to.write(chunk)) await once(to, 'drain');
    }
    to.end();
  }

  async function mayPass(link: Link, chunk: Buffer, isClients: boolean): Promise<void> {
    if (isClients && !link.fate && 'at' in fault && fault.at.test(chunk.toString('latin1'))) {
      link.fate = fault.mode;
      if (fault.delivered) return;
    }
    if (link.fate === 'cut') throw new Error('cut');
    if (link.fate === 'freeze') await new Promise(() => undefined);
    while (fault.mode === 'stall') await changed.promise;
    if (fault.mode === 'slow') await sleep(fault.delayMs);
  }

  function cut(link: Link): void {
    links.delete(link);
    link.client.resetAndDestroy();
    link.server.destroy();
  }

  return {
    port: (listener.address() as AddressInfo).port,
    set(next) {
      fault = next;
      if (next.mode === 'refuse' || (next.mode === 'cut' && !next.at)) links.forEach(cut);
      if (next.mode === 'freeze' && !next.at) links.forEach((link) => (link.fate = 'freeze'));
      changed.resolve();
      changed = Promise.withResolvers();
    },
    async close() {
      links.forEach(cut);
      listener.close();
      await once(listener, 'close');
    },
  };
}
