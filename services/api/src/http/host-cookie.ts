import type { FastifyReply, FastifyRequest } from 'fastify';

export interface HostCookie {
  name: string;
  set(reply: FastifyReply, value: string, maxAgeSeconds: number): void;
  clear(reply: FastifyReply): void;
  read(request: FastifyRequest): string | undefined;
}

/**
 * A cookie of this host alone, which no script reads. With the `__Host-` prefix (RFC 6265bis §4.1.3.2) no other host or
 * path can set it; browsers refuse that prefix on plain http, which is where PUBLIC_URL is localhost.
 *
 * @param baseName what it is called there
 */
export function createHostCookie(publicUrl: string, baseName: string): HostCookie {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? `__Host-${baseName}` : baseName;
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
  return {
    name,
    set(reply, value, maxAgeSeconds) {
      void reply.setCookie(name, value, { ...attributes, maxAge: maxAgeSeconds });
    },
    clear(reply) {
      void reply.clearCookie(name, attributes);
    },
    read: (request) => request.cookies[name],
  };
}
