import { setTimeout as pause } from 'node:timers/promises';
import { openConnection, type Answer, type HttpConnection } from './http-client.ts';

/** Asks one thing over one connection. Throws when the answer is not the one that was measured for. */
export type Ask = (connection: HttpConnection) => Promise<void>;

const connectionCount = 64;

/** What a load came to. */
export interface Load {
  /** Answers. */
  count: number;
  perSecond: number;
}

/** Keeps every connection busy for `seconds`. */
export async function loadFor(url: string, seconds: number, ask: Ask): Promise<Load> {
  return withConnections(url, async (connections) => {
    let answered = 0;
    const started = performance.now();
    const end = started + seconds * 1000;
    await eachConnection(connections, async (connection) => {
      while (performance.now() < end) {
        await ask(connection);
        answered += 1;
      }
    });
    return loadOf(answered, started);
  });
}

/** Asks each of `asks` once, with every connection busy. */
export async function loadAll(url: string, asks: readonly Ask[]): Promise<Load> {
  return withConnections(url, async (connections) => {
    const left = asks[Symbol.iterator]();
    const started = performance.now();
    await eachConnection(connections, async (connection) => {
      for (const ask of left) await ask(connection);
    });
    return loadOf(asks.length, started);
  });
}

/**
 * Asks each of `asks` once, `perSecond` of them a second, whether those before are answered or not. Returns how long
 * each took, in milliseconds from the moment it was due: a server that stalls is late for everybody who comes then.
 */
export async function loadPaced(url: string, perSecond: number, asks: readonly Ask[]): Promise<number[]> {
  return withConnections(url, async (connections) => {
    const idle = [...connections];
    const started = performance.now();
    const underWay = new Set<Promise<void>>();
    const tookMs: number[] = [];
    const failures: unknown[] = [];
    for (const [index, ask] of asks.entries()) {
      const dueAt = started + (index * 1000) / perSecond;
      while (failures.length === 0 && (performance.now() < dueAt || idle.length === 0)) await pause(1);
      // In turns: Node closes a connection over which nothing was ever asked.
      const connection = idle.shift();
      if (!connection || failures.length > 0) break;
      const answered = ask(connection)
        .then(() => {
          tookMs.push(performance.now() - dueAt);
          idle.push(connection);
        })
        .catch((error: unknown) => void failures.push(error))
        .finally(() => underWay.delete(answered));
      underWay.add(answered);
    }
    await Promise.all(underWay);
    if (failures.length > 0) throw failures[0];
    return tookMs;
  });
}

export function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.body.slice(0, 300)}`);
  return answer;
}

/** @param started by `performance.now()` */
export function loadOf(count: number, started: number): Load {
  return { count, perSecond: (count * 1000) / (performance.now() - started) };
}

async function withConnections<T>(url: string, work: (connections: HttpConnection[]) => Promise<T>): Promise<T> {
  const connections = await Promise.all(Array.from({ length: connectionCount }, () => openConnection(url)));
  try {
    return await work(connections);
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function eachConnection(connections: HttpConnection[], work: Ask): Promise<void> {
  await Promise.all(connections.map(work));
}
