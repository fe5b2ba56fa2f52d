import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** For what announces itself by no event, like the end of a process that is not ours. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const givenUpAt = Date.now() + deadlineMs;
  while (!(await isSo())) {
    if (Date.now() > givenUpAt) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
