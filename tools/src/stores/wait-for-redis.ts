import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { LeashedProcess } from '../processes/leashed-process.ts';

type Options = { port: number; password: string; server: LeashedProcess };

const READY_MS = 60_000; // a large append-only file is read first
const ANSWER_MS = 2_000;
const ASK_EVERY_MS = 15;

/** Resolves when this very process answers commands; rejects with its last lines when it ends or takes too long. */
export async function waitForRedis({ port, password, server }: Options): Promise<void> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });

  const givenUpAt = Date.now() + READY_MS;
  while (!ended && Date.now() < givenUpAt) {
    const answer = await ask(port, password);
    // The pid proves that it is ours and not one that had the port before. PING is refused while the file is still read.
    if (answer.includes(`process_id:${server.pid}\r\n`) && answer.includes('+PONG\r\n')) return;
    await pause(ASK_EVERY_MS);
  }
  const what = ended ? 'ended while starting' : `is not ready after ${READY_MS / 1000} s`;
  throw new Error([`redis-server ${what}:`, ...server.lastLines()].join('\n  '));
}

/** The server's INFO and +PONG, or what it said instead (-LOADING), or nothing while nobody listens. */
function ask(port: number, password: string): Promise<string> {
  return new Promise((settle) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port });
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => settle(answer));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.write(`AUTH ${password}\r\nINFO server\r\nPING\r\nQUIT\r\n`);
  });
}
