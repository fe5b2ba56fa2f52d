import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { freePort } from '../ports/free-port.ts';
import { type Exit, type LeashedProcess, startLeashedProcess } from '../processes/leashed-process.ts';
import { defaultCacheDir } from '../repo.ts';
import { forgetEngine, noteEngine, waitForFormerEngine } from './engine-lock.ts';
import { findRedis, type RedisBinary } from './find-redis.ts';
import { waitForRedis } from './wait-for-redis.ts';

export type RedisServer = {
  /** With its password: hand it to clients, log it nowhere. The same again for the same dataDir and port. */
  url: string;
  pid: number;
  port: number;
  dataDir: string;
  stop(): Promise<void>;
  /** SIGKILL. What the server acknowledged is there when it is started again on the same dataDir. */
  kill(): Promise<void>;
  exited: Promise<Exit>;
};

type Options = {
  dataDir: string;
  cacheDir?: string;
  port?: number;
  appendonly?: boolean;
  /** `no` leaves it to the system when its file reaches the disk: Redis never waits for one, and kill -9 loses nothing. */
  appendfsync?: 'everysec' | 'no';
  /** Where it talks to the other nodes, if it is one of a cluster; they all have this password. */
  cluster?: { busPort: number; password: string };
};

const STOP_MS = 10_000;
const PORT_TRIES = 5;

/** A private redis-server on loopback, from PATH or fetched into the cache. It ends when this process does. */
export async function startRedis(options: Options): Promise<RedisServer> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);

  const binary = await findRedis(options.cacheDir ?? defaultCacheDir);
  await waitForFormerEngine(dataDir);
  const password = options.cluster?.password ?? keptPassword(dataDir);
  const appendonly = options.appendonly ?? true;

  for (let tries = 1; ; tries += 1) {
    const port = options.port ?? (await freePort());
    const server = startServer(binary, writeConfig({ ...options, dataDir, port, password, appendonly }));
    noteEngine(dataDir, server.pid);
    void server.exited.then(() => forgetEngine(dataDir, server.pid));
    try {
      await waitForRedis({ port, password, server });
    } catch (error) {
      await server.kill();
      // Between freePort and redis-server somebody else took it: ask for another one.
      const portTaken = server.lastLines().some((line) => line.includes('Address already in use'));
      if (portTaken && options.port === undefined && tries < PORT_TRIES) continue;
      throw error;
    }
    return redisServer({ server, port, password, dataDir });
  }
}

/** The URL of the one that runs with this folder and port, for who has not started it. */
export function redisUrlOf(dataDir: string, port: number): string {
  return urlOf(port, keptPassword(resolve(dataDir)));
}

const urlOf = (port: number, password: string) => `redis://:${password}@127.0.0.1:${port}`;

function redisServer(from: { server: LeashedProcess; port: number; password: string; dataDir: string }): RedisServer {
  const { server, port, password, dataDir } = from;
  return {
    url: urlOf(port, password),
    pid: server.pid,
    port,
    dataDir,
    stop: () => server.stop(STOP_MS),
    kill: () => server.kill(),
    exited: server.exited,
  };
}

function startServer({ command, libraryPath }: RedisBinary, configPath: string): LeashedProcess {
  const env = libraryPath ? { ...process.env, LD_LIBRARY_PATH: libraryPath } : process.env;
  return startLeashedProcess({ command, args: [configPath], env });
}

/** The password goes by file: arguments are for every user of the machine to read. */
function writeConfig(options: Options & { port: number; password: string; appendonly: boolean }): string {
  const { dataDir, port, password, appendonly, cluster } = options;
  const path = join(dataDir, 'redis.conf');
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(dataDir)}`,
    'databases 16',
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    `appendfsync ${options.appendfsync ?? 'everysec'}`,
    'save ""',
    // A queue that loses jobs under memory pressure is no queue.
    'maxmemory-policy noeviction',
    'daemonize no',
    'logfile ""',
    ...(cluster ? ['cluster-enabled yes', `cluster-port ${cluster.busPort}`] : []),
  ];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

function keptPassword(dataDir: string): string {
  const path = join(dataDir, 'password');
  try {
    const kept = readFileSync(path, 'utf8').trim();
    if (/^[\w-]{43}$/.test(kept)) return kept;
  } catch {
    // First start here.
  }
  const made = randomBytes(32).toString('base64url');
  writeFileSync(path, `${made}\n`, { mode: 0o600 });
  return made;
}
