import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OriginAllowed } from './origins.ts';
import type { SendProblem } from './send-problem.ts';

/**
 * Refuses what a page of somebody else's sends, and a request for a cookie that does not say which page it is from:
 * only browsers send Origin, and only they keep cookies.
 */
export function createOriginGuard(
  allowed: OriginAllowed,
  sendProblem: SendProblem,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  return async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined) return wantsCookie(request.body) ? sendProblem(reply, 'origin_refused') : undefined;
    return allowed(origin) ? undefined : sendProblem(reply, 'origin_refused');
  };
}

function wantsCookie(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'session' in body && body.session === 'cookie';
}
