import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SendProblem } from './send-problem.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The place where it waits for its answer. */
    waitsAt: number;
  }
}

/** How long a handler may take. */
export const maxHandlerMs = 5_000;
/** How late the answer may be. */
const graceMs = 250;

/**
 * Answers 503 for a handler that has not answered in time. Everything that a handler waits for has a deadline of its
 * own: this is for what was forgotten.
 *
 * (Fastify's own `handlerTimeout` makes an AbortController for each request and aborts it at the end of each, the good
 * ones too: it was 7 % of the work for a request for a code. A timer for each request would be another one.)
 */
export function limitHandlingTime(app: FastifyInstance, maxMs: number, sendProblem: SendProblem): void {
  // Not a Map or a Set: as it is filled and emptied it grows new tables, and one old table that V8 has moved to the old
  // generation keeps all after it, with the requests in them, until the whole heap is collected. That cost a request 40 µs.
  const waiting: (FastifyReply | undefined)[] = [];
  const freePlaces: number[] = [];
  const forget = (reply: FastifyReply) => {
    if (waiting[reply.waitsAt] !== reply) return;
    waiting[reply.waitsAt] = undefined;
    freePlaces.push(reply.waitsAt);
  };
  const watch = setInterval(() => {
    for (const reply of waiting) {
      if (!reply || reply.elapsedTime < maxMs) continue;
      forget(reply);
      // What was hijacked, such as a stream of events, counts as sent. What is on its way to a slow reader does not yet, but
      // it has been answered.
      if (reply.sent || reply.raw.headersSent) continue;
      sendProblem(reply, 'unavailable');
      // What the handler says after all nobody hears, and Fastify would write it down with the URL.
      reply.send = () => reply;
    }
  }, graceMs).unref();

  app.decorateReply('waitsAt', -1);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.waitsAt = freePlaces.pop() ?? waiting.length;
    waiting[reply.waitsAt] = reply;
    done();
  });
  // Where the visitor has gone there is no response, and it is forgotten when it is overdue.
  app.addHook('onResponse', (_request, reply, done) => {
    forget(reply);
    done();
  });
  app.addHook('onClose', (_app, done) => {
    clearInterval(watch);
    done();
  });
}
