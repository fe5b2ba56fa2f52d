import type { Handovers } from '@daypass/core/access/handover';
import { parseReturnAddress } from '@daypass/core/access/parse-return-address';
import type { Pass } from '@daypass/core/access/verify-pass';
import type { Refusal } from '@daypass/core/errors';
import type { Clock, RandomBytes } from '@daypass/core/ports';
import type { Sites } from '@daypass/core/sites/sites';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptForms, fieldOf, isOwnForm } from '../hosted/forms.ts';
import type { LoginStates } from '../hosted/login-state.ts';
import { handleErrors, plain } from '../hosted/page-errors.ts';
import { textsFor } from '../hosted/page-texts.ts';
import { endedPage, endPage } from '../hosted/pages/end-pages.ts';
import { sendHtml } from '../hosted/send-html.ts';
import { protectedOrigin, type MayReturn } from './asked-address.ts';
import { proxyCookies } from './proxy-cookies.ts';

/**
 * The pages of ours that a reverse proxy shows on the origin it protects, under /.daypass/: where a login sets out from,
 * where it comes back to, and where a visitor leaves.
 */
export async function protectedOriginRoutes(
  app: FastifyInstance,
  dependencies: {
    publicUrl: string;
    sites: Sites;
    states: LoginStates;
    handovers: Handovers;
    verifyPass: (token: string) => Promise<Pass | Refusal>;
    endPass: (pass: Pass) => Promise<void>;
    endPasses: (pass: Pass) => Promise<void>;
    mayReturn: MayReturn;
    isTrustedProxy: (address: string | undefined) => boolean;
    now: Clock;
    randomBytes: RandomBytes;
  },
): Promise<void> {
  const { publicUrl, sites, states, handovers, verifyPass, mayReturn, isTrustedProxy, now, randomBytes } = dependencies;
  const textsOf = (request: FastifyRequest) => textsFor(request.headers['accept-language']);
  const hide = { schema: { hide: true } } as const;

  await app.register(async (scope) => {
    acceptForms(scope);
    handleErrors(scope);

    scope.get('/.daypass/login', hide, async (request, reply) => {
      const { site: id, to } = request.query as Record<string, unknown>;
      const site = typeof id === 'string' ? sites.byId(id) : undefined;
      const origin = originOf(request);
      const address = parseReturnAddress(String(to), (asked) => asked === origin && site !== undefined && mayReturn(site, asked));
      if (!site || origin === undefined || !address) return plain(request, reply, 404, 'site_unknown');
      const nonce = proxyCookies.nonce(request, origin) ?? Buffer.from(randomBytes(32)).toString('base64url');
      const nonceDigest = proxyCookies.setNonce(reply, origin, nonce);
      const way = states.sealWay({ site: site.id, purpose: { kind: 'forward', returnTo: address.href, nonceDigest } });
      return reply.redirect(`${publicUrl}/login?way=${way}`, 303);
    });

    scope.get('/.daypass/callback', hide, async (request, reply) => {
      const { code } = request.query as Record<string, unknown>;
      const origin = originOf(request);
      if (origin === undefined) return plain(request, reply, 404, 'site_unknown');
      const handover = typeof code === 'string' ? await handovers.redeem(code, proxyCookies.nonce(request, origin)) : undefined;
      const pass = handover && (await verifyPass(handover.token));
      if (!handover || !pass?.ok || pass.site !== handover.site || new URL(handover.returnTo).origin !== origin) {
        return plain(request, reply, 400, 'handover_refused', '/');
      }
      const leftSeconds = Math.floor((pass.expiresAt.getTime() - now().getTime()) / 1000);
      proxyCookies.setPass(reply, origin, handover.token, leftSeconds);
      return reply.redirect(handover.returnTo, 303);
    });

    scope.get('/.daypass/leave', hide, (request, reply) => sendHtml(reply, 200, endPage(textsOf(request), '/.daypass/leave')));
    scope.post('/.daypass/leave', hide, async (request, reply) => leave(request, reply));
  });

  async function leave(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const origin = originOf(request);
    if (origin === undefined || !isOwnForm(request, origin)) return plain(request, reply, 403, 'other_page');
    const token = proxyCookies.pass(request, origin);
    const pass = token === undefined ? undefined : await verifyPass(token);
    if (pass?.ok) await (fieldOf(request, 'which') === 'all' ? dependencies.endPasses(pass) : dependencies.endPass(pass));
    proxyCookies.clearPass(reply, origin);
    return sendHtml(reply, 200, endedPage(textsOf(request)));
  }

  /** The protected origin that a request came by, as a proxy of ours says it. */
  function originOf(request: FastifyRequest): string | undefined {
    return isTrustedProxy(request.socket.remoteAddress) ? protectedOrigin(request) : undefined;
  }
}
