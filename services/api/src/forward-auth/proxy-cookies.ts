import { digestToken } from '@daypass/core/access/handover';
import type { FastifyReply, FastifyRequest } from 'fastify';

const passName = 'daypass';
const wayName = 'daypass-way';
const waySeconds = 30 * 60;

/** The cookies of a protected origin: the pass, and the nonce of the browser that is on its way to one. */
export const proxyCookies = {
  pass: (request: FastifyRequest, origin: string) => request.cookies[named(passName, origin)],
  setPass(reply: FastifyReply, origin: string, token: string, maxAgeSeconds: number) {
    void reply.setCookie(named(passName, origin), token, { ...attributes(origin), maxAge: maxAgeSeconds });
  },
  clearPass(reply: FastifyReply, origin: string) {
    void reply.clearCookie(named(passName, origin), attributes(origin));
  },
  nonce(request: FastifyRequest, origin: string): string | undefined {
    const nonce = request.cookies[named(wayName, origin)];
    return nonce !== undefined && /^[\w-]{43}$/.test(nonce) ? nonce : undefined;
  },
  /** One for all ways that a browser is on at the same time: it may have several pages open. */
  setNonce(reply: FastifyReply, origin: string, nonce: string): string {
    void reply.setCookie(named(wayName, origin), nonce, { ...attributes(origin), maxAge: waySeconds });
    return digestToken(nonce);
  },
  /** A Cookie header without ours: what the application behind may see. */
  others: (header: string) =>
    header
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '' && !/^(?:__Host-)?daypass(?:-[a-z]+)?(?:=|$)/.test(pair))
      .join('; '),
};

/** RFC 6265bis §4.1.3.2: with this prefix no other host, and nobody on plain http, can have set it. */
function named(name: string, origin: string): string {
  return origin.startsWith('https:') ? `__Host-${name}` : name;
}

function attributes(origin: string) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: origin.startsWith('https:') } as const;
}
