import type { ComposedMail } from '../compose/compose-mail.ts';
import { coded, openSmtpSession, SmtpFailure, type SmtpSession } from './smtp-session.ts';
import type { SmtpServer } from '@daypass/runtime/smtp-server';

export interface SmtpPool {
  /** Resolves when the server has accepted. Rejects with {@link SmtpFailure}, at the deadline at the latest. */
  send(mail: ComposedMail, deadlineMs: number): Promise<void>;
  load(): PoolLoad;
  close(): void;
}

/** Connections, by what they do, and mails that wait for one. */
export interface PoolLoad {
  connections: Record<'busy' | 'idle' | 'opening', number>;
  waiting: number;
}

/** Leave to have one more connection, given back with the function; `undefined` while others have them all. */
export type TakeConnection = () => Promise<(() => void) | undefined>;

interface Waiting {
  mail: ComposedMail;
  resolve: () => void;
  reject: (failure: SmtpFailure) => void;
  /** Whether a connection that turned out to be dead has cost it a turn already. */
  again: boolean;
  /** The session that has it in hand. */
  session?: SmtpSession;
}

/** Servers end what is idle after minutes; others may want the connection sooner. */
const idleMs = 20_000;
const mailsPerConnection = 500;
/** After the server refused one more connection: when the next is tried, at the soonest, and at the latest. */
const refusedPauseMs = { first: 500, most: 30_000 };

/** Connections to one mail server, each with one mail at a time. */
export function createSmtpPool(server: SmtpServer, maxConnections: number, takeConnection: TakeConnection): SmtpPool {
  const idle: { session: SmtpSession; timer: NodeJS.Timeout }[] = [];
  const waiting: Waiting[] = [];
  const sessions = new Set<SmtpSession>();
  let opening = 0;
  /** Since the server refused a connection, `since` then, one is tried each so often. Without a pause nothing is known against it. */
  let caution = { pauseMs: 0, since: 0, until: 0 };
  let waking: NodeJS.Timeout | undefined;
  let closed = false;

  function pump(): void {
    while (waiting.length > 0) {
      const ready = idle.pop();
      if (!ready) break;
      clearTimeout(ready.timer);
      const next = ready.session.open() ? waiting.shift() : undefined;
      if (next) void run(ready.session, next);
    }
    while (!closed && opening < waiting.length && opening + sessions.size < maxConnections && mayOpen()) void openOne();
  }

  function mayOpen(): boolean {
    if (caution.pauseMs === 0) return true;
    if (performance.now() < caution.until) return false;
    waitWith(caution.pauseMs, caution.since);
    return true;
  }

  function waitWith(pauseMs: number, since: number): void {
    caution = { pauseMs, since, until: performance.now() + pauseMs };
    clearTimeout(waking);
    waking = setTimeout(() => {
      caution.until = 0; // A timer may be a little early by another clock.
      pump();
    }, pauseMs).unref();
  }

  async function openOne(): Promise<void> {
    opening += 1;
    const begun = performance.now();
    let session: SmtpSession | undefined;
    try {
      const giveBack = await takeConnection();
      if (!giveBack) throw coded('EBUSY');
      session = await openSmtpSession(server, () => {
        giveBack();
        if (session) sessions.delete(session);
        if (sessions.size + opening === 0) caution.pauseMs = 0;
        if (waiting.length > 0) setImmediate(pump);
      });
    } catch (error) {
      opening -= 1;
      return refused(error, begun);
    }
    opening -= 1;
    if (closed) return session.leave();
    caution = { ...caution, pauseMs: caution.pauseMs > refusedPauseMs.first ? caution.pauseMs / 2 : 0, until: 0 };
    if (session.open()) sessions.add(session);
    setFree(session);
    pump();
  }

  /** The server takes no further connection: those that there are do the work. Where none is, the mails have to be told. */
  function refused(error: unknown, begun: number): void {
    if (sessions.size + opening === 0) {
      caution.pauseMs = 0;
      for (const job of waiting.splice(0)) job.reject(new SmtpFailure(error, false));
    } else if (begun >= caution.since) {
      // Of those that were begun together one refusal counts.
      waitWith(Math.min(refusedPauseMs.most, Math.max(refusedPauseMs.first, caution.pauseMs * 2)), performance.now());
    }
    pump();
  }

  async function run(session: SmtpSession, job: Waiting): Promise<void> {
    const reused = session.used > 0;
    job.session = session;
    try {
      await session.send(job.mail);
      job.resolve();
    } catch (error) {
      const failure = error instanceof SmtpFailure ? error : new SmtpFailure(error, false);
      // The server had ended the connection while it was idle: nothing of this mail was said on it.
      const stale = reused && !failure.handedOver && !session.open() && !job.again && !answered(failure);
      delete job.session;
      if (stale && !closed) {
        job.again = true;
        waiting.unshift(job);
      } else job.reject(failure);
      await session.settled();
    }
    setFree(session);
  }

  function setFree(session: SmtpSession): void {
    if (closed || session.used >= mailsPerConnection) session.leave();
    if (!session.open()) return pump();
    const next = waiting.shift();
    if (next) return void run(session, next);
    const timer = setTimeout(() => {
      const at = idle.findIndex((entry) => entry.session === session);
      if (at >= 0) idle.splice(at, 1);
      session.leave();
    }, idleMs);
    idle.push({ session, timer: timer.unref() });
  }

  return {
    send(mail, deadlineMs) {
      if (closed) return Promise.reject(new SmtpFailure(coded('ECLOSED'), false));
      return new Promise((resolve, reject) => {
        const job: Waiting = { mail, again: false, resolve: () => settle(resolve), reject: (failure) => settle(() => reject(failure)) };
        const timer = setTimeout(() => {
          const late = coded('ETIMEDOUT');
          const at = waiting.indexOf(job);
          if (at >= 0) waiting.splice(at, 1);
          if (job.session) job.session.close(late);
          else job.reject(new SmtpFailure(late, false));
        }, deadlineMs);
        const settle = (how: () => void) => {
          clearTimeout(timer);
          how();
        };
        waiting.push(job);
        pump();
      });
    },
    load() {
      const resting = idle.filter(({ session }) => session.open()).length;
      return { connections: { busy: sessions.size - resting, idle: resting, opening }, waiting: waiting.length };
    },
    close() {
      closed = true;
      clearTimeout(waking);
      for (const { timer, session } of idle.splice(0)) {
        clearTimeout(timer);
        session.leave();
      }
      // A mail in hand may take its time: whoever stops has waited for it already.
      for (const session of sessions) if (session.open()) session.close(coded('ECLOSED'));
      for (const job of waiting.splice(0)) job.reject(new SmtpFailure(coded('ECLOSED'), false));
    },
  };
}

/** Whether the server said something to it, if only 421. */
function answered({ cause }: SmtpFailure): boolean {
  return typeof cause === 'object' && cause !== null && 'responseCode' in cause && typeof cause.responseCode === 'number';
}
