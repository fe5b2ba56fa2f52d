// The program that holds the embedded engine: node mongo-host.ts ENGINE_MODULE DATA_DIR SOCKET_PATH
// It has a process of its own because the engine is CPU-bound native code, one to a process, and because a test
// must be able to kill it without killing anything else.
import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';

import { serveWire, type WireEngine } from './serve-wire.ts';
import { fsyncMessage } from './fsync-message.ts';

type EngineModule = { Engine: { open(path: string): Promise<WireEngine & { close(): Promise<void> }> } };

/** Keeps recovery after a kill -9 at some 70 ms; without it, a million inserts take 22 s to recover. */
const FSYNC_EVERY_MS = 7_000;
const CLOSE_MS = 10_000;

const [engineModule = '', dataDir = '', socketPath = ''] = process.argv.slice(2);

const { Engine } = createRequire(import.meta.url)(engineModule) as EngineModule;
const engine = await Engine.open(dataDir);

const clients = new Set<Socket>();
const server = createServer((socket) => {
  clients.add(socket);
  socket.once('close', () => clients.delete(socket));
  serveWire(engine, socket);
});
server.listen(socketPath);
await once(server, 'listening', { signal: AbortSignal.timeout(5_000) });
chmodSync(socketPath, 0o600);

const fsyncTimer = setInterval(() => void engine.roundTrip(fsyncMessage()).catch(report), FSYNC_EVERY_MS);

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

async function stop(): Promise<void> {
  setTimeout(() => process.exit(1), CLOSE_MS).unref();
  clearInterval(fsyncTimer);
  server.close();
  for (const client of clients) client.destroy();
  rmSync(dirname(socketPath), { recursive: true, force: true });
  await engine.close().catch(report);
  process.exit(0);
}

function report(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
}
