import { createParts, type Parts } from './parts.ts';
import { runDaypass } from './run-daypass.ts';
import type { Programs } from './start-services.ts';
import { type Home, takeHome } from './take-home.ts';

type Options = { dataDir: string; programs: Programs; env: NodeJS.ProcessEnv; onTerminal: boolean };

/** Services get 10 s and what they stand on the rest. */
const STOP_MS = 18_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs Daypass until it is asked to stop or a part of it dies. Gives the exit code. */
export async function untilStopped({ dataDir, ...options }: Options): Promise<number> {
  // Whoever read our lines may be gone before us; stopping in order matters more than saying so.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  const parts = createParts();
  const asked = askedToStop(parts);
  let home: Home | undefined;
  try {
    home = takeHome(dataDir);
    const up = runDaypass({ home, parts, ...options });
    await Promise.race([up, asked, parts.died]);
    await Promise.race([asked, parts.died]);
    console.log('Stopping …');
    return 0;
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    await stop(parts);
    home?.leave();
  }
}

/** One deadline for all of it. What is left then loses its leash with our exit. */
async function stop(parts: Parts): Promise<void> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((settle) => {
    timer = setTimeout(() => settle('late'), STOP_MS);
  });
  const result = await Promise.race([parts.stopAll(), deadline]);
  clearTimeout(timer);
  if (result === 'late') await parts.killAll();
  console.log(`stopped … ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** The first signal asks, another one means at once. */
function askedToStop(parts: Parts): Promise<void> {
  return new Promise((settle) => {
    let signals = 0;
    const onSignal = () => {
      signals += 1;
      if (signals === 1) return settle();
      console.log('Stopping at once');
      void parts.killAll();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
