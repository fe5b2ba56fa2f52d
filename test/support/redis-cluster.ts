import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@daypass/tools/ports/free-port';
import { startRedis, type RedisServer } from '@daypass/tools/stores/redis-server';
import { Redis } from 'ioredis';

const slots = 16_384;
const joinDeadlineMs = 30_000;

export interface RedisCluster {
  /** One URL for each node. */
  urls: string[];
  /** The keys that each node has. */
  keys(): Promise<string[][]>;
  stop(): Promise<void>;
}

/** Three masters with a third of the slots each, and nobody behind them. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-cluster-'));
  const password = randomBytes(32).toString('base64url');
  const nodes: { busPort: number; server: RedisServer }[] = [];
  // One after the other, so that none takes the port that another has found free.
  for (const name of ['a', 'b', 'c']) {
    const busPort = await freePort();
    nodes.push({ busPort, server: await startRedis({ dataDir: join(dir, name), cluster: { busPort, password } }) });
  }
  const clients = nodes.map(({ server }) => new Redis(server.url));

  for (const [index, client] of clients.entries()) {
    const [from, to] = [index, index + 1].map((third) => Math.floor((third * slots) / nodes.length));
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String((to ?? slots) - 1));
    for (const { server, busPort } of nodes) {
      await client.call('CLUSTER', 'MEET', '127.0.0.1', String(server.port), String(busPort));
    }
  }
  const joined = async (client: Redis) => {
    const said = String(await client.call('CLUSTER', 'INFO'));
    return said.includes('cluster_state:ok') && said.includes(`cluster_size:${nodes.length}`);
  };
  const givenUpAt = Date.now() + joinDeadlineMs;
  while (!(await Promise.all(clients.map(joined))).every(Boolean)) {
    if (Date.now() > givenUpAt) throw new Error('the nodes do not become a cluster');
    await pause(100);
  }

  return {
    urls: nodes.map(({ server }) => server.url),
    keys: () => Promise.all(clients.map((client) => client.keys('*'))),
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all(nodes.map(({ server }) => server.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}
