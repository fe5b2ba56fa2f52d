import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Origins } from './origins.ts';
import type { SendProblem } from './send-problem.ts';

/** Says no, and returns what it said, or nothing. */
type Guard = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a backend of a site may call it, which signs in (HTTP Basic) and is no page. */
    forBackends?: boolean;
    /** Whether a reverse proxy calls it: what it sends as Origin is the one of a request to somebody else. */
    forProxies?: boolean;
  }
}

/**
 * Refuses what a page of somebody else's sends. Only browsers send Origin: without one it is no page. What signs in as a
 * backend is none either, if it is right: the route sees to that.
 */
export function createOriginGuard(origins: Origins, sendProblem: SendProblem): Guard {
  return (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || origins.any(origin) || signsIn(request) || request.routeOptions.config.forProxies) return undefined;
    return sendProblem(reply, 'origin_refused');
  };
}

/**
 * The same once the body is known: it may name a site, whose page it then has to be from, and it may want a cookie, which
 * only a page can have.
 */
export function createBodyGuard(origins: Origins, sendProblem: SendProblem): Guard {
  return (request, reply) => {
    const { site, session } = membersOf(request.body);
    const { origin } = request.headers;
    if (origin === undefined) return session === 'cookie' ? sendProblem(reply, 'origin_refused') : undefined;
    if (typeof site !== 'string' || origins.of(site, origin) || signsIn(request)) return undefined;
    return sendProblem(reply, 'origin_refused');
  };
}

function signsIn({ headers, routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.forBackends === true && headers.authorization !== undefined;
}

function membersOf(body: unknown): { site?: unknown; session?: unknown } {
  return typeof body === 'object' && body !== null ? body : {};
}
