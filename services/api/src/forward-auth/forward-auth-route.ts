import type { Pass } from '@daypass/core/access/verify-pass';
import { refuse, type Refusal } from '@daypass/core/errors';
import { siteIdPattern } from '@daypass/core/sites/site';
import type { Sites } from '@daypass/core/sites/sites';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { bearerToken } from '../http/bearer-token.ts';
import { problemResponses } from '../http/schemas.ts';
import type { SendProblem } from '../http/send-problem.ts';
import type { TypedApp } from '../http/typed-app.ts';
import { askedAddress, type Asked, type MayReturn } from './asked-address.ts';
import { proxyCookies } from './proxy-cookies.ts';

const Query = Type.Object({ site: Type.String({ pattern: siteIdPattern }) }, { additionalProperties: false });

/** Tells a reverse proxy whether a request may go on to the application behind it. */
export function forwardAuthRoute(
  app: TypedApp,
  dependencies: {
    sites: Sites;
    verifyPass: (token: string) => Promise<Pass | Refusal>;
    mayReturn: MayReturn;
    isTrustedProxy: (address: string | undefined) => boolean;
    sendProblem: SendProblem;
  },
): void {
  const { sites, verifyPass, mayReturn, isTrustedProxy, sendProblem } = dependencies;
  const schema = {
    operationId: 'forwardAuth',
    summary: 'For a reverse proxy: may this request go on?',
    tags: ['Access'],
    security: [{ pass: [] }, { cookie: [] }],
    querystring: Query,
    response: {
      200: { description: 'It may. `Remote-User` is the subject, `Remote-Email` the address where the site’s passes say it, `Cookie` the request’s without ours.' },
      302: { description: 'To the login: a page is opened, by Traefik or Caddy.' },
      ...problemResponses,
    },
  };

  app.get('/v1/forward-auth', { schema, config: { forProxies: true } }, async (request, reply) => {
    if (!isTrustedProxy(request.socket.remoteAddress)) return sendProblem(reply, 'proxy_untrusted');
    const site = sites.byId(request.query.site);
    if (!site) return sendProblem(reply, 'site_unknown');
    const asked = askedAddress(request, site, mayReturn);
    if (!asked.address) return sendProblem(reply, 'return_refused');

    const pass = await verify(request, site.id, asked.address.origin);
    return pass.ok ? letThrough(request, reply, pass) : sendAway(reply, pass, site.id, asked, asked.address);
  });

  async function verify(request: FastifyRequest, site: string, origin: string): Promise<Pass | Refusal> {
    const token = proxyCookies.pass(request, origin) ?? bearerToken(request);
    const pass = token === undefined ? refuse('pass_invalid') : await verifyPass(token);
    return pass.ok && pass.site !== site ? refuse('pass_invalid') : pass;
  }

  function sendAway(reply: FastifyReply, { code }: Refusal, site: string, asked: Asked, address: URL): FastifyReply {
    const login = new URL('/.daypass/login', address);
    login.search = new URLSearchParams({ site, to: address.href }).toString();
    if (!asked.byNginx && !asked.navigation) return sendProblem(reply, code);
    void reply.header('location', login.href);
    return asked.byNginx ? sendProblem(reply, code) : reply.code(302).send();
  }
}

/** Headers hold ASCII: an address that has more in it is not told. */
const headerText = /^[!-~]+$/;

function letThrough(request: FastifyRequest, reply: FastifyReply, { subject, email }: Pass): FastifyReply {
  const cookies = proxyCookies.others(request.headers.cookie ?? '');
  if (email !== undefined && headerText.test(email)) void reply.header('remote-email', email);
  if (cookies !== '') void reply.header('cookie', cookies);
  return reply.code(200).header('remote-user', subject).send();
}
