import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OriginAllowed } from './origins.ts';
import type { SendProblem } from './send-problem.ts';

/** Says no, and returns what it said, or nothing. */
type Guard = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/** Refuses what a page of somebody else's sends. Only browsers send Origin: without one it is no page. */
export function createOriginGuard(allowed: OriginAllowed, sendProblem: SendProblem): Guard {
  return ({ headers: { origin } }, reply) =>
    origin === undefined || allowed(origin) ? undefined : sendProblem(reply, 'origin_refused');
}

/** Refuses to set a cookie for a request that does not say which page it is from. */
export function createCookieGuard(sendProblem: SendProblem): Guard {
  return ({ headers: { origin }, body }, reply) =>
    origin === undefined && wantsCookie(body) ? sendProblem(reply, 'origin_refused') : undefined;
}

function wantsCookie(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'session' in body && body.session === 'cookie';
}
