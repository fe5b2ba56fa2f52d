import type { Pass } from '@daypass/core/access/verify-pass';
import { refuse, type Refusal } from '@daypass/core/errors';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from './bearer-token.ts';
import type { Origins } from './origins.ts';
import type { HostCookie } from './host-cookie.ts';

export interface ShownPass {
  /** The pass that a request shows, as Bearer or as a cookie. */
  read(request: FastifyRequest): Promise<Pass | Refusal>;
  /**
   * The same for a request that changes something. A browser sends the cookie along whoever made the page: then it has
   * to be a page of the pass's own site.
   */
  forChange(request: FastifyRequest): Promise<Pass | Refusal | { ok: false; code: 'origin_refused' }>;
}

export function createShownPass(dependencies: {
  verifyPass: (token: string) => Promise<Pass | Refusal>;
  sessionCookie: HostCookie;
  origins: Origins;
}): ShownPass {
  const { verifyPass, sessionCookie, origins } = dependencies;
  const verify = (token: string | undefined) => (token === undefined ? refuse('pass_invalid') : verifyPass(token));

  return {
    async read(request) {
      return verify(bearerToken(request) ?? sessionCookie.read(request));
    },
    async forChange(request) {
      const bearer = bearerToken(request);
      if (bearer !== undefined) return verify(bearer);
      const cookie = sessionCookie.read(request);
      if (cookie === undefined) return refuse('pass_invalid');
      const pass = await verify(cookie);
      return pass.ok && !isOwnPage(request, pass.site) ? { ok: false, code: 'origin_refused' } : pass;
    },
  };

  /** Browsers name the page's origin with every DELETE and POST; the newer ones also say how it is related. */
  function isOwnPage({ headers }: FastifyRequest, site: string): boolean {
    const { origin, 'sec-fetch-site': relation } = headers;
    return origin !== undefined && origins.of(site, origin) && relation !== 'cross-site';
  }
}
