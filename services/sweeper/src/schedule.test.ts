import { createLogger } from '@daypass/runtime/logger';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startSchedule, type Schedule } from './schedule.ts';
import type { Sweep } from './sweep.ts';

const log = createLogger('test', 'silent');
let schedule: Schedule | undefined;

// The cron is the real one: only its clock is ours.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] }));
const consoles = (['log', 'info', 'warn', 'error', 'debug'] as const).map((method) => vi.spyOn(console, method));
afterEach(async () => {
  await schedule?.stop();
  schedule = undefined;
  vi.useRealTimers();
});

/** A sweep every second whose rounds end when the test says so. */
function slowSweep(name = 'slow') {
  const rounds: { end: () => void; fail: () => void }[] = [];
  let running = 0;
  let most = 0;
  const sweep: Sweep = {
    name,
    does: 'delete',
    schedule: '* * * * * *',
    lagSeconds: async () => 0,
    async runBatch() {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve, reject) => {
        rounds.push({ end: resolve, fail: () => reject(new Error('the database went away')) });
      }).finally(() => (running -= 1));
      return { done: 1, more: false };
    },
  };
  return { sweep, rounds, most: () => most };
}

const events: string[] = [];
beforeEach(() => events.splice(0));
function start(...sweeps: Sweep[]): void {
  schedule = startSchedule(
    sweeps,
    log,
    ({ name }, done) => events.push(`${name} swept ${done}`),
    (name) => events.push(`${name} failed`),
  );
}
const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

describe('a schedule', () => {
  test('runs every sweep at once, before the clock has ticked', () => {
    const [one, two] = [slowSweep('one'), slowSweep('two')];
    start(one.sweep, two.sweep);
    expect([one.rounds.length, two.rounds.length]).toEqual([1, 1]);
    for (const { rounds } of [one, two]) rounds[0]?.end();
  });

  test('never runs a sweep beside itself, however long the round at the start or a later one takes', async () => {
    const slow = slowSweep();
    start(slow.sweep);
    await seconds(10);
    expect(slow.rounds).toHaveLength(1);

    slow.rounds[0]?.end();
    await seconds(10);
    expect(slow.rounds).toHaveLength(2);
    expect(slow.most()).toBe(1);
    expect(consoles.flatMap((spy) => spy.mock.calls)).toEqual([]); // What there is to say is in the log.
    slow.rounds[1]?.end();
  });

  test('does not hold one sweep up for another', async () => {
    const [stuck, quick] = [slowSweep('stuck'), slowSweep('quick')];
    start(stuck.sweep, quick.sweep);
    for (let round = 0; round < 5; round += 1) {
      quick.rounds.at(-1)?.end();
      await seconds(1);
    }
    expect(quick.rounds.length).toBeGreaterThanOrEqual(5);
    expect(stuck.rounds).toHaveLength(1);
    for (const { rounds } of [stuck, quick]) rounds.at(-1)?.end();
  });

  test('tells of a round that failed, and tries again', async () => {
    const slow = slowSweep();
    start(slow.sweep);
    slow.rounds[0]?.fail();
    await seconds(2);
    slow.rounds[1]?.end();
    await seconds(0);
    expect(events).toEqual(['slow failed', 'slow swept 1']);
  });
});

describe('a schedule that is stopped', () => {
  test('waits for the batch in hand, and begins no other round', async () => {
    const slow = slowSweep();
    start(slow.sweep);
    let stopped = false;
    const stopping = schedule?.stop().then(() => (stopped = true));
    await seconds(5);
    expect(stopped).toBe(false);

    slow.rounds[0]?.end();
    await stopping;
    expect(events).toEqual(['slow swept 1']);
    await seconds(10);
    expect(slow.rounds).toHaveLength(1);
  });
});
