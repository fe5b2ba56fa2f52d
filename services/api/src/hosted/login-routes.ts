import { deviceTokenSeconds } from '@daypass/core/access/device-token';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { enrolRoutes } from './enrol-routes.ts';
import { acceptForms, fieldOf, isOwnForm } from './forms.ts';
import type { HostedDependencies } from './hosted-dependencies.ts';
import { answers, createLoginDesk } from './login-desk.ts';
import type { LoginState } from './login-state.ts';
import type { Step } from './login-steps.ts';
import { handleErrors, plain } from './page-errors.ts';
import { pageFileRoutes } from './page-files.ts';
import { textsFor } from './page-texts.ts';
import { donePage, endedPage } from './pages/end-pages.ts';
import { sendHtml } from './send-html.ts';

const hide = { schema: { hide: true } } as const;

/** The hosted login: plain forms, each answered with a redirect to the page that follows (RFC 9110 §15.4.4). */
export async function hostedRoutes(app: FastifyInstance, dependencies: HostedDependencies): Promise<void> {
  const { publicUrl, sites, states, steps, verifyPass, verifyHalfPass, sessionCookie, deviceCookie, now } = dependencies;
  const desk = createLoginDesk(dependencies);
  const { apps } = desk;
  const textsOf = (request: FastifyRequest, site?: { locale: string }) => textsFor(request.headers['accept-language'], { site });
  const browserOf = (request: FastifyRequest, { site, locale }: LoginState) => ({
    ip: request.ip,
    device: deviceCookie.read(request),
    app: apps.read(request, site),
    locale: textsFor(request.headers['accept-language'], { asked: locale, site: sites.byId(site) }).locale,
  });

  await app.register(async (scope) => {
    acceptForms(scope);
    handleErrors(scope);
    await pageFileRoutes(scope, { sites });
    enrolRoutes(scope, { ...dependencies, desk });

    scope.get('/login', hide, async (request, reply) => {
      const { site = 'default', way, state, locale } = request.query as Record<string, unknown>;
      if (typeof state === 'string') return desk.show(request, reply, states.open(state));
      const begun = typeof way === 'string' ? states.openWay(way) : { site: String(site), purpose: { kind: 'pass' } as const };
      if (!begun) return plain(request, reply, 400, 'expired');
      return desk.begin(request, reply, { ...begun, ...(typeof locale === 'string' && { locale: locale.slice(0, 35) }) });
    });

    step('address', async (state, request) => steps.giveAddress(state, fieldOf(request, 'email'), browserOf(request, state)));
    step('resend', async (state, request) => steps.askAgain(state, browserOf(request, state)));
    step('other', async (state) => steps.turnTo(state, 'address'));
    step('turn', async (state, request) => steps.turnTo(state, fieldOf(request, 'to')));
    step('code', async (state, request, reply) =>
      leave(request, reply, state, await steps.giveCode(state, fieldOf(request, 'code'), browserOf(request, state))),
    );
    step('app-code', async (state, request, reply) =>
      leave(request, reply, state, await steps.giveAppCode(state, fieldOf(request, 'code'), browserOf(request, state))),
    );
    step('recovery-code', async (state, request, reply) =>
      leave(request, reply, state, await steps.giveRecoveryCode(state, fieldOf(request, 'code'), browserOf(request, state))),
    );
    // What the element was granted, or what the cookie holds already.
    step('granted', async (state, request, reply) => {
      const token = fieldOf(request, 'token') || (sessionCookie.read(request) ?? '');
      const pass = await verifyPass(token);
      if (pass.ok && answers(pass, state)) {
        sessionCookie.set(reply, token, Math.floor((pass.expiresAt.getTime() - now().getTime()) / 1000));
        const device = fieldOf(request, 'device');
        if (/^[\w.-]{1,200}$/.test(device)) deviceCookie.set(reply, device, deviceTokenSeconds);
        return desk.goOn(request, reply, state, token, pass);
      }
      const half = await verifyHalfPass(token);
      return half.ok && half.site === state.site ? steps.half(state, token) : { ...steps.restart(state), notice: { code: 'pass_invalid' } };
    });

    scope.get('/login/done', hide, async (request, reply) => {
      const pass = await desk.cookiePass(request);
      const site = pass.ok ? sites.byId(pass.site) : undefined;
      if (!pass.ok || !site) return reply.redirect('/login', 303);
      const mayEnrol = apps.read(request, site.id) === undefined && !pass.methods.includes('otp');
      const leftSeconds = (pass.expiresAt.getTime() - now().getTime()) / 1000;
      return sendHtml(reply, 200, donePage(textsOf(request, site), site, { leftSeconds, mayEnrol, home: site.origins.find((origin) => origin !== publicUrl) }));
    });
    scope.get('/login/ended', hide, (request, reply) => sendHtml(reply, 200, endedPage(textsOf(request))));
    scope.post('/login/end', hide, async (request, reply) => {
      if (!isOwnForm(request, publicUrl)) return plain(request, reply, 403, 'other_page');
      const pass = await desk.cookiePass(request);
      if (pass.ok) await (fieldOf(request, 'which') === 'all' ? dependencies.endPasses(pass) : dependencies.endPass(pass));
      sessionCookie.clear(reply);
      return reply.redirect('/login/ended', 303);
    });

    /** A form of a login: takes its state on, and leads to the next page. */
    function step(
      name: string,
      take: (state: LoginState, request: FastifyRequest, reply: FastifyReply) => Promise<LoginState | FastifyReply>,
    ): void {
      scope.post(`/login/${name}`, hide, async (request, reply) => {
        const state = desk.stateOf(request, reply);
        if (!('site' in state)) return state;
        const next = await take(state, request, reply);
        // A reply that was awaited is nothing once it is sent.
        return next !== undefined && 'site' in next ? reply.redirect(`/login?state=${states.seal(next)}`, 303) : reply;
      });
    }
  });

  async function leave(request: FastifyRequest, reply: FastifyReply, state: LoginState, next: Step): Promise<LoginState | FastifyReply> {
    if ('state' in next) {
      const { notice } = next.state;
      if (notice?.code === 'totp_ended' || notice?.code === 'totp_unknown') apps.forget(request, reply, state.site);
      return next.state;
    }
    desk.keep(reply, next.admission);
    const { accessToken } = next.admission;
    return desk.goOn(request, reply, state, accessToken, await verifyPass(accessToken));
  }
}
