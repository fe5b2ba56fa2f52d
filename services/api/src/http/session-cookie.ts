import type { FastifyReply, FastifyRequest } from 'fastify';

export interface SessionCookie {
  set(reply: FastifyReply, token: string, maxAgeSeconds: number): void;
  read(request: FastifyRequest): string | undefined;
}

/**
 * The cookie that carries a pass. With the `__Host-` prefix (RFC 6265bis §4.1.3.2) no other host or path can set it;
 * browsers refuse that prefix on plain http, which is where PUBLIC_URL is localhost.
 */
export function createSessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Host-daypass' : 'daypass';
  return {
    set(reply, token, maxAgeSeconds) {
      void reply.setCookie(name, token, { path: '/', httpOnly: true, sameSite: 'lax', secure, maxAge: maxAgeSeconds });
    },
    read: (request) => request.cookies[name],
  };
}
