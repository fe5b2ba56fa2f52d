import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** sockaddr_un holds 108 bytes on Linux and 104 on macOS, the final zero included. */
const MAX_PATH_BYTES = 103;

/** Where the data folder's socket is to be, in a folder of its own that only this user may enter. */
export function claimSocket(dataDir: string): string {
  const path = socketPathOf(dataDir);
  makeOwnFolder(join(path, '..'));
  rmSync(path, { force: true }); // left by one that was killed; the engine's lock says that it is gone
  return path;
}

/**
 * The path of the data folder's socket: always the same. In the data folder where the path is short enough, else in the
 * system's folder for temporary files.
 */
export function socketPathOf(dataDir: string): string {
  const beside = join(dataDir, 'socket/mongo.sock');
  return Buffer.byteLength(beside) <= MAX_PATH_BYTES ? beside : elsewhere(dataDir);
}

function elsewhere(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `daypass-${process.getuid?.() ?? 0}-${name}`, 'mongo.sock');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) throw new Error(`The path ${path} is too long for a socket. Set TMPDIR.`);
  return path;
}

/** In a shared /tmp somebody else may have made the folder first, to read along. */
function makeOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  const isOurs = lstatSync(folder).isDirectory() && uid === process.getuid?.() && (mode & 0o077) === 0;
  if (!isOurs) throw new Error(`${folder} belongs to another user or is open to others. Remove it.`);
}
