import { setTimeout as pause } from 'node:timers/promises';

import { type HeldPort, holdPort } from '../ports/hold-port.ts';
import type { Settings } from './settings.ts';

export type Ports = { api: number; apiOps: number; workerOps: number; sweeperOps: number; inbox?: number };

type Wish = { host: string; port: number; variable: 'PORT' | 'OPS_PORT'; use: string };

const INBOX_PORT = 8025;
const FORMER_ENDS_MS = 10_000;
const LOOK_EVERY_MS = 100;

/**
 * The ports of this run, each tried before anything is started. When an earlier Daypass was killed, its services
 * need a moment to let go of theirs.
 */
export async function choosePorts(settings: Settings, formerMayBeEnding: boolean): Promise<Ports> {
  const { host, port, opsHost, opsPort } = settings;
  const ops = (offset: number, use: string): Wish => ({ host: opsHost, port: opsPort && opsPort + offset, variable: 'OPS_PORT', use });
  const wishes: Wish[] = [
    { host, port, variable: 'PORT', use: 'PORT' },
    ops(0, 'OPS_PORT'),
    ops(1, 'the worker, OPS_PORT + 1'),
    ops(2, 'the sweeper, OPS_PORT + 2'),
  ];
  const givenUpAt = Date.now() + (formerMayBeEnding ? FORMER_ENDS_MS : 0);

  // Held until all are chosen, so that no two are the same.
  const held: HeldPort[] = [];
  try {
    for (const wish of wishes) held.push(await hold(wish, givenUpAt));
    const inbox = settings.smtpUrl ? undefined : await holdInbox();
    if (inbox) held.push(inbox);
    const [api = 0, apiOps = 0, workerOps = 0, sweeperOps = 0] = held.map((each) => each.port);
    return { api, apiOps, workerOps, sweeperOps, ...(inbox && { inbox: inbox.port }) };
  } finally {
    await Promise.all(held.map(({ release }) => release()));
  }
}

async function hold(wish: Wish, givenUpAt: number): Promise<HeldPort> {
  for (;;) {
    try {
      return await holdPort(wish.host, wish.port);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'EADDRINUSE' || Date.now() > givenUpAt) throw new Error(explain(wish, code), { cause: error });
      await pause(LOOK_EVERY_MS);
    }
  }
}

function holdInbox(): Promise<HeldPort> {
  return holdPort('127.0.0.1', INBOX_PORT).catch(() => holdPort('127.0.0.1', 0));
}

function explain({ host, port, variable, use }: Wish, code: string | undefined): string {
  const another = variable === 'PORT' ? (port === 3000 ? 3001 : 3000) : port < 9200 ? 9200 : 9100;
  const hint = `Set ${variable} to another one, for example ${variable}=${another} npm start.`;
  if (code === 'EADDRINUSE') return `Port ${port} is in use (${use}). ${hint}`;
  if (code === 'EACCES') return `Port ${port} is not open to this user (${use}). ${hint}`;
  const hostVariable = variable === 'PORT' ? 'HOST' : 'OPS_HOST';
  return `Nothing can listen on ${host} (${hostVariable}): ${code}. Set ${hostVariable} to an address of this machine.`;
}
