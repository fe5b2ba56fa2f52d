import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Books, Row } from './books.ts';
import { addRow } from './fault-table.ts';
import type { ServiceProcess } from './processes.ts';
import { startTraffic } from './traffic.ts';
import { startUnderFire, type Fleet, type UnderFire } from './under-fire.ts';

/** What a case does to the system while visitors come and go. */
type Strike = (fire: UnderFire & { books: Books }) => Promise<void>;

interface Case extends Fleet {
  name: string;
  perSecond?: number;
  /** How many copies of the same mail the fault may cause; none where nothing is said. */
  duplicates?: number | ((fire: UnderFire) => number);
  /** What must not happen at all, beyond what must not in any case. */
  none?: readonly (keyof Row)[];
  /** How long the longest wait for a mail may be. */
  withinSeconds?: number;
}

const recoveryDeadlineMs = 90_000;
const settleMs = 120_000;
/** A sweeper looks every 30 s. */
const sweepDeadlineMs = 60_000;
/** How long a fault's traffic goes on after every process has shown that it is well. */
const aftermathMs = 1_000;
const logFolder = join(import.meta.dirname, '../../test-results/faults');

/**
 * Runs one case: steady traffic, the fault, the proof that every process is well again without having been restarted,
 * and the books. The strike resolves when the last fault is over; it tells `books` of each that is.
 */
export async function faultCase({ name, perSecond = 8, duplicates = 0, none = [], withinSeconds, ...fleet }: Case, strike: Strike): Promise<void> {
  const fire = await startUnderFire(fleet);
  try {
    const { books, stop } = startTraffic(fire.system, perSecond);
    if (fire.system.apis.length > 0 && fire.system.workers.length > 0) await letIn(books, 5);
    await strike({ ...fire, books });
    await expectRecovered(fire, books);
    books.allWell();
    await pause(aftermathMs);
    await stop(settleMs);

    const { row, complaints } = await books.close(name, fire.system);
    addRow(row);
    const mayBe = typeof duplicates === 'number' ? duplicates : duplicates(fire);
    if (row.duplicates > mayBe) complaints.push(`${row.duplicates} duplicates, where ${mayBe} may be`);
    complaints.push(...none.filter((column) => row[column] !== 0).map((column) => `${column}: ${row[column]}, where none may be`));
    const waited = row['longest wait'];
    if (waited > (withinSeconds ?? waited)) complaints.push(`a mail took ${waited} s, where ${withinSeconds} s may be`);
    if (complaints.length > 0) await keepLogs(name, fire);
    expect(complaints).toEqual([]);
  } finally {
    await fire.stop();
  }
}

/** Resolves when so many visitors have got in. */
export async function letIn(books: Books, count: number): Promise<void> {
  const those = () => [...books.entries.values()].filter(({ end }) => end !== undefined).length;
  await expect.poll(those, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
}

/** How many jobs are in the hands of workers at this moment. */
export async function jobsInHand({ system }: UnderFire): Promise<number> {
  return system.redis.llen('{daypass}:code-issue:active');
}

/** How long a fault lasts. */
export const lasting = (ms: number): Promise<void> => pause(ms);

async function expectRecovered(fire: UnderFire, books: Books): Promise<void> {
  const sentBefore = new Map(await Promise.all(fire.system.workers.map(async (worker) => [worker, await sent(worker)] as const)));
  await expect.poll(() => books.recovered(), { timeout: recoveryDeadlineMs }).toBe(true);
  for (const service of [...fire.system.apis, ...fire.system.workers, ...fire.system.sweepers]) {
    await expect.poll(() => readiness(service), { timeout: recoveryDeadlineMs }).toBe('ready');
  }
  // Traffic goes on: each worker has its share of it.
  for (const [worker, before] of sentBefore) {
    await expect.poll(() => sent(worker), { timeout: recoveryDeadlineMs }).toBeGreaterThan(before);
  }
  if (fire.system.sweepers.length > 0) await expectSwept(fire);
}

async function expectSwept({ system }: UnderFire): Promise<void> {
  const challenges = system.mongo.collection<{ _id: string; purgeAt: Date }>('challenges');
  const _id = `due-${randomUUID()}`;
  await challenges.insertOne({ _id, purgeAt: new Date(Date.now() - 3_600_000) });
  await expect.poll(() => challenges.countDocuments({ _id }), { timeout: sweepDeadlineMs, message: 'what is due is swept' }).toBe(0);
}

async function readiness({ opsUrl }: ServiceProcess): Promise<string> {
  const response = await fetch(`${opsUrl}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return response ? ((await response.json()) as { status: string }).status : 'gone';
}

/** Mails that a worker has sent. */
async function sent({ opsUrl }: ServiceProcess): Promise<number> {
  const response = await fetch(`${opsUrl}/metrics`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  const text = (await response?.text()) ?? '';
  return Number(/^daypass_mail_jobs_total\{site="default",outcome="sent"[^}]*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/** What the processes said, for whoever has to find out why. */
async function keepLogs(name: string, { system }: UnderFire): Promise<void> {
  await mkdir(logFolder, { recursive: true });
  const log = [...system.apis, ...system.workers, ...system.sweepers].flatMap(({ output }) => output).join('\n');
  await writeFile(join(logFolder, `${name.replaceAll(/\W+/g, '-')}.log`), log);
}
