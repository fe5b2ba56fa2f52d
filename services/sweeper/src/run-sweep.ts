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
 * @returns how many things were deleted
 */
export async function runSweep(sweep: Sweep, stopping: AbortSignal, log: Logger): Promise<number> {
  let deleted = 0;
  let said = performance.now();
  for (let batch = 0; batch < maxBatches && !stopping.aborted; batch += 1) {
    const { deleted: count, more } = await sweep.deleteBatch();
    deleted += count;
    if (!more) break;
    if (performance.now() - said > progressEveryMs) {
      said = performance.now();
      log.info({ sweep: sweep.name, deleted }, 'still sweeping');
    }
    await yieldToOthers();
  }
  return deleted;
}
