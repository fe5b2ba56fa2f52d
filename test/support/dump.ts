import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sharedStores } from './stores.ts';
import type { System } from './system.ts';

const run = promisify(execFile);

/**
 * Writes down, below `dir`, everything that the system holds or has said: what a thief, a backup or an operator would
 * have. The stores' own files are looked at where they are.
 *
 * @param pages what else somebody gets to see, by name
 * @returns the folders to search
 */
export async function dumpEverything(system: System, pages: Record<string, string>, dir: string): Promise<string[]> {
  const { redisDir, mongoDir } = sharedStores();
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'redis-keys'), await redisKeys(system));
  await writeFile(join(dir, 'mongodb-documents'), await documents(system));
  await writeFile(join(dir, 'logs'), [...system.apis, ...system.workers, ...system.sweepers].flatMap(({ output }) => output).join('\n'));
  await Promise.all(Object.entries(pages).map(([name, text]) => writeFile(join(dir, `page-${name}`), text)));
  return [dir, redisDir, mongoDir].filter((path) => path !== undefined);
}

/** The secrets that can be read below one of the folders, in any of the ways they could have been written. */
export async function findSecrets(folders: readonly string[], secrets: readonly string[], dir: string): Promise<string[]> {
  const needles = join(dir, '..', 'needles');
  await writeFile(needles, [...new Set(secrets.flatMap(waysToWrite))].join('\n'));
  try {
    const { stdout } = await run('grep', ['-raoFf', needles, ...folders], { maxBuffer: 2 ** 26, env: { LC_ALL: 'C' } });
    return stdout.trim().split('\n');
  } catch (error) {
    // grep's way to say that there is nothing.
    if (error instanceof Error && 'code' in error && error.code === 1) return [];
    throw error;
  }
}

/** How many bytes there are below a folder. */
export async function bytesBelow(folder: string): Promise<number> {
  const { stdout } = await run('du', ['-sb', folder]);
  return Number(stdout.split('\t')[0]);
}

async function redisKeys({ redis }: System): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const keys of redis.scanStream({ count: 1_000 })) {
    for (const key of keys as string[]) {
      const content = await redis.dumpBuffer(key);
      parts.push(Buffer.from(`\n${key}\n`), content ?? Buffer.alloc(0), Buffer.from(await readable(redis, key)));
    }
  }
  return Buffer.concat(parts);
}

/** What DUMP may compress, in the clear. */
async function readable(redis: System['redis'], key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    default:
      return '';
  }
}

async function documents({ mongo }: System): Promise<string> {
  const collections = (await mongo.db?.collections()) ?? [];
  const contents = await Promise.all(collections.map((collection) => collection.find().toArray()));
  return JSON.stringify(contents);
}

function waysToWrite(secret: string): string[] {
  const plain = Buffer.from(secret);
  // Inside a longer base64 text it may start at any of three places.
  const base64 = [0, 1, 2].map((shift) => base64Core(plain, shift));
  return [secret, secret.toLowerCase(), encodeURIComponent(secret), plain.toString('hex'), ...base64].filter(
    (text) => text.length >= 8,
  );
}

/** The characters of a base64 text that depend on nothing but `bytes`, when these start `shift` bytes into it. */
function base64Core(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replaceAll('=', '');
  return text.slice(shift === 0 ? 0 : shift + 1, -1);
}
