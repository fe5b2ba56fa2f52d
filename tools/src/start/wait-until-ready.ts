import { setTimeout as pause } from 'node:timers/promises';

const READY_MS = 30_000;
const ANSWER_MS = 2_000;
const ASK_EVERY_MS = 50;

/** Resolves when the service's /readyz answers 200; rejects with what it last said. */
export async function waitUntilReady(name: string, opsUrl: string): Promise<void> {
  const givenUpAt = Date.now() + READY_MS;
  let answer = '';
  while (Date.now() < givenUpAt) {
    const { ready, said } = await ask(`${opsUrl}/readyz`);
    if (ready) return;
    answer = said;
    await pause(ASK_EVERY_MS);
  }
  throw new Error(`${name} is not ready after ${READY_MS / 1000} s. ${opsUrl}/readyz said: ${answer}`);
}

async function ask(url: string): Promise<{ ready: boolean; said: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return { ready: response.status === 200, said: `${response.status} ${await response.text()}` };
  } catch (error) {
    return { ready: false, said: error instanceof Error ? error.message : String(error) };
  }
}
