import { createLogger } from '@daypass/runtime/logger';
import { describe, expect, test } from 'vitest';
import { runSweep } from './run-sweep.ts';
import type { Sweep } from './sweep.ts';

const log = createLogger('test', 'silent');

/** A sweep over so many things, in batches of ten. */
function sweepOf(things: number, onBatch: (batch: number) => void = () => undefined) {
  let left = things;
  let batches = 0;
  const sweep: Sweep = {
    name: 'things',
    does: 'delete',
    schedule: '0 0 0 1 1 *',
    lagSeconds: async () => 0,
    async runBatch() {
      batches += 1;
      onBatch(batches);
      const done = Math.min(10, left);
      left -= done;
      return { done, more: done === 10 };
    },
  };
  return { sweep, batches: () => batches, left: () => left };
}

const never = new AbortController().signal;

describe('a round of a sweep', () => {
  test.each([
    [0, 1],
    [9, 1],
    [10, 2],
    [95, 10],
  ])('over %i things deletes them all, in %i batches', async (things, batches) => {
    const counted = sweepOf(things);
    expect(await runSweep(counted.sweep, never, log)).toBe(things);
    expect([counted.batches(), counted.left()]).toEqual([batches, 0]);
  });

  test('goes on after a batch of which another sweeper had taken everything', async () => {
    const answers = [{ done: 10, more: true }, { done: 0, more: true }, { done: 3, more: false }];
    const runBatch = async () => answers.shift() ?? { done: 0, more: false };
    expect(await runSweep({ ...sweepOf(0).sweep, runBatch }, never, log)).toBe(13);
  });

  test('stops after the batch in hand when it is told to, and says what it did', async () => {
    const stopping = new AbortController();
    const counted = sweepOf(1_000, (batch) => {
      if (batch === 3) stopping.abort();
    });
    expect(await runSweep(counted.sweep, stopping.signal, log)).toBe(30);
    expect(counted.left()).toBe(970);
  });

  test('does nothing when it is told to stop before it began', async () => {
    const counted = sweepOf(1_000);
    expect(await runSweep(counted.sweep, AbortSignal.abort(), log)).toBe(0);
    expect(counted.batches()).toBe(0);
  });

  test('ends even where there is always more', async () => {
    const counted = sweepOf(Number.POSITIVE_INFINITY);
    await runSweep(counted.sweep, never, log);
    expect(counted.batches()).toBeLessThanOrEqual(10_000);
  });

  test('lets others have the process between batches', async () => {
    let turns = 0;
    let going = true;
    const turn = () => {
      turns += 1;
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    await runSweep(sweepOf(500).sweep, never, log);
    going = false;
    expect(turns).toBeGreaterThanOrEqual(50);
  });

  test('fails where a batch fails, and leaves the rest to the next round', async () => {
    const counted = sweepOf(100, (batch) => {
      if (batch === 3) throw new Error('the database went away');
    });
    await expect(runSweep(counted.sweep, never, log)).rejects.toThrow('went away');
    expect(counted.left()).toBe(80);
  });
});

describe('beside another sweeper', () => {
  test('it stands by while the other is at it, and takes over when the other has gone', async () => {
    let others = true;
    const given: string[] = [];
    const counted = sweepOf(25);
    const round = runSweep(counted.sweep, never, log, async (name) => {
      given.push(name);
      if (!others) return async () => undefined;
      others = false;
      return undefined;
    });
    expect(await round).toBe(25);
    expect(given).toEqual(['things', 'things', 'things', 'things']);
  });

  test('standing by it stops at once when it is told to', async () => {
    const stopping = new AbortController();
    const counted = sweepOf(25);
    const round = runSweep(counted.sweep, stopping.signal, log, async () => undefined);
    stopping.abort();
    expect(await round).toBe(0);
    expect(counted.batches()).toBe(0);
  });

  test('its turn is given back after each batch, also after one that failed', async () => {
    let taken = 0;
    const takeTurn = async () => {
      taken += 1;
      return async () => void (taken -= 1);
    };
    await runSweep(sweepOf(25).sweep, never, log, takeTurn);
    const broken = { ...sweepOf(0).sweep, runBatch: () => Promise.reject(new Error('the database went away')) };
    await expect(runSweep(broken, never, log, takeTurn)).rejects.toThrow('went away');
    expect(taken).toBe(0);
  });

  test('when nobody can say whose turn it is, it sweeps', async () => {
    expect(await runSweep(sweepOf(25).sweep, never, log, () => Promise.reject(new Error('Redis is away')))).toBe(25);
  });
});
