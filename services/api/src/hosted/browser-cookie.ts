import { digestToken } from '@daypass/core/access/handover';
import type { RandomBytes } from '@daypass/core/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Tells the browser that began a login from any other that has come by its address. */
export function createBrowserCookie(publicUrl: string, randomBytes: RandomBytes) {
  const secure = publicUrl.startsWith('https:');
  const name = secure ? '__Host-daypass-login' : 'daypass-login';
  const read = (request: FastifyRequest): string | undefined => {
    const value = request.cookies[name];
    return value !== undefined && /^[\w-]{43}$/.test(value) ? value : undefined;
  };
  return {
    /** The digest of the cookie, which is set where there is none. */
    digest(request: FastifyRequest, reply: FastifyReply): string {
      const value = read(request) ?? Buffer.from(randomBytes(32)).toString('base64url');
      void reply.setCookie(name, value, { path: '/', httpOnly: true, sameSite: 'lax', secure });
      return digestToken(value);
    },
    isOf(request: FastifyRequest, digest: string): boolean {
      const value = read(request);
      return value !== undefined && digestToken(value) === digest;
    },
  };
}
