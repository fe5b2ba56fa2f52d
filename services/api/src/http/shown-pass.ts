import type { Pass } from '@daypass/core/access/verify-pass';
import { refuse, type Refusal } from '@daypass/core/errors';
import type { FastifyRequest } from 'fastify';
import { bearerToken } from './bearer-token.ts';
import type { Origins } from './origins.ts';
import type { HostCookie } from './host-cookie.ts';

export interface ShownPass {
  /**
   * The pass that a request shows, as Bearer or as a cookie. A browser sends the cookie along whoever made the page: one
   * that names its origin has to be of the pass's own site. A page of our own origin names none when it reads.
   */
  read(request: FastifyRequest): Promise<Shown>;
  /** The same for a request that changes something: it has to name its origin. */
  forChange(request: FastifyRequest): Promise<Shown>;
}

type Shown = Pass | Refusal | { ok: false; code: 'origin_refused' };

export function createShownPass(dependencies: {
  verifyPass: (token: string) => Promise<Pass | Refusal>;
  sessionCookie: HostCookie;
  origins: Origins;
}): ShownPass {
  const { verifyPass, sessionCookie, origins } = dependencies;
  const verify = async (token: string | undefined) => (token === undefined ? refuse('pass_invalid') : verifyPass(token));

  return {
    async read(request) {
      return shown(request, (site) => request.headers.origin === undefined || isOwnPage(request, site));
    },
    async forChange(request) {
      return shown(request, (site) => isOwnPage(request, site));
    },
  };

  async function shown(request: FastifyRequest, mayShowCookie: (site: string) => boolean): Promise<Shown> {
    const bearer = bearerToken(request);
    if (bearer !== undefined) return verify(bearer);
    const pass = await verify(sessionCookie.read(request));
    return pass.ok && !mayShowCookie(pass.site) ? { ok: false, code: 'origin_refused' } : pass;
  }

  /** Browsers name the page's origin with every DELETE and POST; the newer ones also say how it is related. */
  function isOwnPage({ headers }: FastifyRequest, site: string): boolean {
    const { origin, 'sec-fetch-site': relation } = headers;
    return origin !== undefined && origins.of(site, origin) && relation !== 'cross-site';
  }
}
