import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { lockHolder, takeLock } from '../../bootstrap/take-lock.mjs';
import { readRunFile, removeRunFile, type RunFile, writeRunFile } from './run-file.ts';

export type Home = {
  dir: string;
  /** An earlier Daypass was killed here and what it had started may still be ending. */
  formerMayBeEnding: boolean;
  announce(content: RunFile): void;
  leave(): void;
};

/** What is written of the Daypass that runs in the data folder, if one does and is ready. */
export function readHome(dir: string): RunFile | undefined {
  return lockHolder(join(dir, 'lock')) === undefined ? undefined : readRunFile(join(dir, 'run.json'));
}

/** Takes the data folder for this process, or says who has it. */
export function takeHome(dir: string): Home {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const runPath = join(dir, 'run.json');
  const lock = takeLock(join(dir, 'lock'));
  if (!lock.held) {
    const url = readRunFile(runPath)?.urls['api'] ?? 'still starting';
    throw new Error(`Daypass is already running from this folder (pid ${lock.pid}, ${url}). Stop that one first.`);
  }

  const formerMayBeEnding = lock.tookOver || readRunFile(runPath) !== undefined;
  removeRunFile(runPath);
  return {
    dir,
    formerMayBeEnding,
    announce: (content) => writeRunFile(runPath, content),
    leave: () => {
      removeRunFile(runPath);
      lock.release();
    },
  };
}
