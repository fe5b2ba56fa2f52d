import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Logger } from '@daypass/runtime/logger';
import type { Sweep } from './sweep.ts';

/** One round never takes for ever: what is left is taken by the next one. */
const maxBatches = 10_000;
const progressEveryMs = 5_000;

/**
 * Runs batches until there is no more, or until `stopping`. Stopped or killed half-way it has done half of the work,
 * and the next round does the rest.
 *
 * @returns how many things were done
 */
export async function runSweep(sweep: Sweep, stopping: AbortSignal, log: Logger): Promise<number> {
  let done = 0;
  let said = performance.now();
  for (let batch = 0; batch < maxBatches && !stopping.aborted; batch += 1) {
    const { done: count, more } = await sweep.runBatch();
    done += count;
    if (!more) break;
    if (performance.now() - said > progressEveryMs) {
      said = performance.now();
      log.info({ sweep: sweep.name, done }, 'still sweeping');
    }
    await yieldToOthers();
  }
  return done;
}
