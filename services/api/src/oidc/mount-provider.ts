import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type Provider from 'oidc-provider';

/**
 * Lets the provider answer its paths. It works on Node's own request and response, reads bodies itself, and makes its
 * addresses from Host and X-Forwarded-Proto: both are made to say what PUBLIC_URL says, whoever has sent what.
 */
export async function mountProvider(app: FastifyInstance, provider: Provider, publicUrl: string): Promise<void> {
  const callback = provider.callback();
  const { host, protocol } = new URL(publicUrl);

  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { raw } = request;
    for (const name of Object.keys(raw.headers)) if (name.startsWith('x-forwarded-')) delete raw.headers[name];
    raw.headers.host = host;
    raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
    // The one page that has to run a script adds its digest to this: response_mode=form_post.
    reply.raw.setHeader('content-security-policy', "default-src 'none'; script-src 'report-sample'; frame-ancestors 'none'");
    // Of pages, and the provider has some of its own.
    reply.raw.setHeader('cross-origin-opener-policy', 'same-origin');
    await callback(raw, reply.raw);
    return reply;
  };

  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const hide = { schema: { hide: true } } as const;
    scope.get('/.well-known/openid-configuration', hide, answer);
    for (const path of ['authorize', 'userinfo', 'logout', 'logout/success']) scope.get(`/oauth2/${path}`, hide, answer);
    for (const path of ['token', 'introspect', 'revoke', 'userinfo', 'logout/confirm']) scope.post(`/oauth2/${path}`, hide, answer);
    // The preflights of a client that is a page. Which pages may read what is not one, the provider says (clientBasedCORS).
    for (const path of ['token', 'introspect', 'revoke', 'userinfo']) scope.options(`/oauth2/${path}`, hide, answer);
    // Where a login comes back to: all it needs is in its cookie. The provider does not expect a query here, and fails at some.
    scope.get('/oauth2/authorize/:uid', { ...hide, preHandler: async ({ raw }) => void (raw.url = raw.url?.replace(/\?.*/s, '')) }, answer);
  });
}
