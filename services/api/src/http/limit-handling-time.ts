import type { FastifyInstance } from 'fastify';
import type { SendProblem } from './send-problem.ts';

/**
 * Answers 503 for a handler that has not answered in time. Everything that a handler waits for has a deadline of its
 * own: this is for what was forgotten.
 *
 * (Fastify's own `handlerTimeout` makes an AbortController for each request and aborts it at the end of each, the good
 * ones too: it was 7 % of the work for a request for a code.)
 */
export function limitHandlingTime(app: FastifyInstance, maxMs: number, sendProblem: SendProblem): void {
  app.addHook('onRequest', (_request, reply, done) => {
    const timer = setTimeout(() => {
      // What was hijacked, such as a stream of events, counts as sent.
      if (!reply.sent) sendProblem(reply, 'unavailable');
    }, maxMs);
    reply.raw.once('close', () => clearTimeout(timer));
    done();
  });
}
