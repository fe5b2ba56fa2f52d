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
  /** Connections fall silent for good, whatever comes next: both ends stay open, and hear nothing any more. */
  | ({ mode: 'freeze' } & Where)
  /** Connections are reset; new ones are let through. */
  | ({ mode: 'cut' } & Where);

interface Where {
  /** Only a connection whose client says this, and from there on. Without it: all that are there (`freeze`: and new ones). */
  at?: RegExp;
  /** Whether the server still hears what matched: then it is the answer that is lost. */
  delivered?: boolean;
}

export interface TcpProxy {
  port: number;
  set(fault: Fault): void;
  /** How many connections a `freeze` or a `cut` has hit. A fault that hits nobody shows nothing. */
  struck(): number;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket;
  /** Where nothing passes any more: from the client, from the server. */
  deaf: Set<Socket>;
  /** Reset it instead of handing back an answer. */
  doomed: boolean;
}

const never = new Promise<never>(() => undefined);

/**
 * A TCP proxy on loopback that fails as it is told to. It breaks nothing but the way: both ends stay as they are.
 *
 * @param port that of one that was closed, to be found again
 */
export async function startTcpProxy(upstream: NetConnectOpts, port = 0): Promise<TcpProxy> {
  const links = new Set<Link>();
  let fault: Fault = { mode: 'pass' };
  let changed = Promise.withResolvers<void>();
  let struck = 0;

  const listener = createServer((client) => {
    if (fault.mode === 'refuse') return void client.resetAndDestroy();
    const link: Link = { client, server: connect(upstream), deaf: new Set(), doomed: false };
    if (fault.mode === 'freeze' && !fault.at) freeze(link);
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
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');

  async function forward(link: Link, from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (link.doomed) throw new Error('cut');
      if (link.deaf.has(from)) await never;
      while (fault.mode === 'stall') await changed.promise;
      if (fault.mode === 'slow') await sleep(fault.delayMs);
      const heard = from === link.client ? listen(link, chunk) : chunk;
      if (heard.length > 0 && !to.write(heard)) await once(to, 'drain');
    }
    to.end();
  }

  /** What the server hears of what a client says. */
  function listen(link: Link, chunk: Buffer): Buffer {
    const place = 'at' in fault && fault.at ? chunk.toString('latin1').search(fault.at) : -1;
    if (place < 0 || !('at' in fault)) return chunk;
    struck += 1;
    if (fault.mode === 'cut') link.doomed = true;
    else link.deaf.add(fault.delivered ? link.server : link.client);
    if (fault.delivered) return chunk;
    if (fault.mode === 'cut') cut(link);
    // Commands come several at a time: those before it are heard, and answered.
    return chunk.subarray(0, place);
  }

  function freeze(link: Link): void {
    struck += 1;
    link.deaf.add(link.client).add(link.server);
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
      if (next.mode === 'freeze' && !next.at) links.forEach(freeze);
      changed.resolve();
      changed = Promise.withResolvers();
    },
    struck: () => struck,
    async close() {
      links.forEach(cut);
      listener.close();
      await once(listener, 'close');
    },
  };
}
