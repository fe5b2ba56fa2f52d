import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { LeashedProcess } from '../processes/leashed-process.ts';

const READY_MS = 60_000; // recovery after a kill -9 reads the journal first
const ANSWER_MS = 2_000;
const ASK_EVERY_MS = 15;

/** Resolves when somebody listens at the path; rejects with the engine's last lines when it ends or takes too long. */
export async function waitForSocket(path: string, engine: LeashedProcess): Promise<void> {
  let ended = false;
  void engine.exited.then(() => {
    ended = true;
  });

  const givenUpAt = Date.now() + READY_MS;
  while (!ended && Date.now() < givenUpAt) {
    if (await accepts(path)) return;
    await pause(ASK_EVERY_MS);
  }
  const what = ended ? 'ended while starting' : `is not ready after ${READY_MS / 1000} s`;
  throw new Error([`The MongoDB engine ${what}:`, ...engine.lastLines()].join('\n  '));
}

function accepts(path: string): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ path });
    let connected = false;
    socket.on('connect', () => {
      connected = true;
      socket.destroy();
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => settle(connected));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
  });
}
