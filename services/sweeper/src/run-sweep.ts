import { setImmediate as yieldToOthers, setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@daypass/runtime/logger';
import type { Sweep } from './sweep.ts';

/** One round never takes for ever: what is left is taken by the next one. */
const maxBatches = 10_000;
const progressEveryMs = 5_000;
/** How often a sweeper that stands by looks whether it is its turn. */
const standByMs = 1_000;

/** Leave to run one batch of a sweep, given back with the function; `undefined` while another sweeper is at it. */
export type TakeTurn = (sweep: string) => Promise<(() => Promise<void>) | undefined>;

/**
 * Runs batches until there is no more, or until `stopping`. Stopped or killed half-way it has done half of the work,
 * and the next round does the rest. While another sweeper is at the same it stands by (docs/adr/0024-one-sweeper-sweeps-the-others-stand-by.md).
 *
 * @returns how many things were done
 */
export async function runSweep(sweep: Sweep, stopping: AbortSignal, log: Logger, takeTurn?: TakeTurn): Promise<number> {
  let done = 0;
  let said = performance.now();
  for (let batch = 0; batch < maxBatches && !stopping.aborted; batch += 1) {
    const { done: count, more } = await (takeTurn ? runInTurn(sweep, stopping, takeTurn) : sweep.runBatch());
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

async function runInTurn(sweep: Sweep, stopping: AbortSignal, takeTurn: TakeTurn): ReturnType<Sweep['runBatch']> {
  while (!stopping.aborted) {
    // Two at a time do no harm: when nobody can say whose turn it is, it is everybody's.
    const giveBack = await takeTurn(sweep.name).catch(() => async () => undefined);
    if (giveBack) {
      try {
        return await sweep.runBatch();
      } finally {
        await giveBack();
      }
    }
    await pause(standByMs, undefined, { signal: stopping }).catch(() => undefined);
  }
  return { done: 0, more: false };
}
