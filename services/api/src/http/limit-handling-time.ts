import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SendProblem } from './send-problem.ts';

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
  /** What waits for an answer, the oldest first. */
  const waiting = new Map<FastifyReply, number>();
  const watch = setInterval(() => {
    const overdue = performance.now() - maxMs;
    for (const [reply, since] of waiting) {
      if (since > overdue) return;
      waiting.delete(reply);
      // What was hijacked, such as a stream of events, counts as sent.
      if (!reply.sent) sendProblem(reply, 'unavailable');
    }
  }, graceMs).unref();

  app.addHook('onRequest', (_request, reply, done) => {
    waiting.set(reply, performance.now());
    done();
  });
  // Where the visitor has gone there is no response, and it is forgotten when it is overdue.
  app.addHook('onResponse', (_request, reply, done) => {
    waiting.delete(reply);
    done();
  });
  app.addHook('onClose', (_app, done) => {
    clearInterval(watch);
    done();
  });
}
