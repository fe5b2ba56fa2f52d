import { deviceTokenSeconds } from '@daypass/core/access/device-token';
import type { Handovers } from '@daypass/core/access/handover';
import type { Pass } from '@daypass/core/access/verify-pass';
import type { CodeStatus } from '@daypass/core/codes/read-status';
import { refuse, type Refusal } from '@daypass/core/errors';
import type { RandomBytes } from '@daypass/core/ports';
import type { Sites } from '@daypass/core/sites/sites';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HostCookie } from '../http/host-cookie.ts';
import { createBrowserCookie } from './browser-cookie.ts';
import { acceptForms, fieldOf, isOwnForm } from './forms.ts';
import type { LoginState, LoginStates } from './login-state.ts';
import type { LoginSteps } from './login-steps.ts';
import { addressPage } from './pages/address-page.ts';
import { codePage } from './pages/code-page.ts';
import { donePage, endedPage, plainPage } from './pages/end-pages.ts';
import { sendHtml } from './send-html.ts';
import { english as texts, type PageCode } from './texts.ts';

export interface HostedDependencies {
  publicUrl: string;
  sites: Sites;
  states: LoginStates;
  steps: LoginSteps;
  readStatus: (id: string) => Promise<CodeStatus | Refusal>;
  verifyPass: (token: string) => Promise<Pass | Refusal>;
  endPass: (pass: Pass) => Promise<void>;
  endPasses: (pass: Pass) => Promise<void>;
  handovers: Handovers;
  /** Goes on with what an OpenID Connect client had asked for. */
  finishInteraction: (request: FastifyRequest, reply: FastifyReply, interaction: string, pass: Pass) => Promise<FastifyReply>;
  sessionCookie: HostCookie;
  deviceCookie: HostCookie;
  randomBytes: RandomBytes;
}

/** The hosted login: plain forms, each answered with a redirect to the page that follows (RFC 9110 §15.4.4). */
export async function hostedRoutes(app: FastifyInstance, dependencies: HostedDependencies): Promise<void> {
  const { publicUrl, sites, states, steps, readStatus, verifyPass, sessionCookie, deviceCookie, handovers, finishInteraction } = dependencies;
  const browser = createBrowserCookie(publicUrl, dependencies.randomBytes);
  const hide = { schema: { hide: true } } as const;
  const browserOf = (request: FastifyRequest) => ({ ip: request.ip, device: deviceCookie.read(request) });

  await app.register(async (scope) => {
    acceptForms(scope);
    handleErrors(scope);

    scope.get('/login', hide, async (request, reply) => {
      const { site = 'default', way, state } = request.query as Record<string, unknown>;
      if (typeof state === 'string') return show(request, reply, states.open(state));
      const begun = typeof way === 'string' ? states.openWay(way) : { site: String(site), purpose: { kind: 'pass' } as const };
      return begun ? begin(request, reply, begun) : plain(reply, 400, 'expired');
    });
    scope.get('/login/done', hide, async (request, reply) => {
      const pass = await cookiePass(request);
      if (!pass.ok) return reply.redirect('/login', 303);
      return sendHtml(reply, 200, donePage(texts, sites.byId(pass.site)?.name ?? ''));
    });
    scope.get('/login/ended', hide, (_request, reply) => sendHtml(reply, 200, endedPage(texts)));

    step('address', async (state, request) => steps.giveAddress(state, fieldOf(request, 'email'), browserOf(request)));
    step('resend', async (state, request) => steps.askAgain(state, browserOf(request)));
    step('other', async (state) => steps.restart(state));
    step('code', async (state, request, reply) => {
      const next = await steps.giveCode(state, fieldOf(request, 'code'), browserOf(request));
      if ('state' in next) return next.state;
      if (!next.admission.full) return plain(reply, 200, 'second_method');
      const { accessToken, expiresInSeconds, device } = next.admission;
      sessionCookie.set(reply, accessToken, expiresInSeconds);
      if (device !== undefined) deviceCookie.set(reply, device, deviceTokenSeconds);
      return goOn(request, reply, state, accessToken, await verifyPass(accessToken));
    });

    scope.post('/login/end', hide, async (request, reply) => {
      if (!isOwnForm(request, publicUrl)) return plain(reply, 403, 'other_page');
      const pass = await cookiePass(request);
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
        if (!isOwnForm(request, publicUrl)) return plain(reply, 403, 'other_page');
        const state = states.open(fieldOf(request, 'state'));
        if (!state || !browser.isOf(request, state.browserDigest)) return plain(reply, 400, 'expired', againOf(state));
        const next = await take(state, request, reply);
        // A reply that was awaited is nothing once it is sent.
        return next !== undefined && 'site' in next ? reply.redirect(`/login?state=${states.seal(next)}`, 303) : reply;
      });
    }
  });

  async function begin(request: FastifyRequest, reply: FastifyReply, { site, purpose }: Pick<LoginState, 'site' | 'purpose'>) {
    if (!sites.byId(site)) return plain(reply, 404, 'site_unknown');
    const pass = await cookiePass(request);
    const fresh = purpose.kind === 'oidc' && purpose.fresh;
    const state = { site, purpose, browserDigest: browser.digest(request, reply) };
    if (pass.ok && pass.site === site && !fresh) return goOn(request, reply, state, sessionCookie.read(request) ?? '', pass);
    return showAddress(reply, state);
  }

  async function show(request: FastifyRequest, reply: FastifyReply, state: LoginState | undefined) {
    if (!state || !browser.isOf(request, state.browserDigest)) return plain(reply, 400, 'expired', againOf(state));
    if (state.challenge === undefined) return showAddress(reply, state);
    // The page can do without: with the database away a code that is in the mail is still worth waiting for.
    const status = await readStatus(state.challenge).catch(() => refuse('unavailable'));
    const resendInSeconds = status.ok ? status.resendInSeconds : undefined;
    return sendHtml(reply, state.notice ? 422 : 200, codePage(texts, state, states.seal(state), resendInSeconds), leadsTo(state));
  }

  function showAddress(reply: FastifyReply, state: LoginState): FastifyReply {
    const name = sites.byId(state.site)?.name ?? '';
    return sendHtml(reply, state.notice ? 422 : 200, addressPage(texts, name, state, states.seal(state)), leadsTo(state));
  }

  async function goOn(request: FastifyRequest, reply: FastifyReply, state: LoginState, token: string, pass: Pass | Refusal) {
    const { purpose, site } = state;
    if (!pass.ok) return showAddress(reply, { ...steps.restart(state), notice: { code: 'unavailable' } });
    if (purpose.kind === 'pass') return reply.redirect('/login/done', 303);
    if (purpose.kind === 'oidc') return finishInteraction(request, reply, purpose.interaction, pass);
    const { returnTo, nonceDigest } = purpose;
    const callback = new URL('/.daypass/callback', returnTo);
    callback.searchParams.set('code', await handovers.begin({ token, site, returnTo, nonceDigest }));
    return reply.redirect(callback.href, 303);
  }

  async function cookiePass(request: FastifyRequest): Promise<Pass | Refusal> {
    const token = sessionCookie.read(request);
    return token === undefined ? refuse('pass_invalid') : verifyPass(token);
  }
}

/** Instead of a problem document: a person reads it. */
export function handleErrors(scope: FastifyInstance): void {
  scope.setErrorHandler<{ code?: string; statusCode?: number } & Error>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error.code === 'unavailable' || status === 503) {
      request.log.warn({ err: error }, 'page not shown');
      return plain(reply.header('retry-after', 5), 503, 'unavailable');
    }
    if (status >= 400 && status < 500) return plain(reply, status, 'expired');
    request.log.error({ err: error }, 'page failed');
    return plain(reply, 500, 'went_wrong');
  });
}

export function plain(reply: FastifyReply, status: number, code: PageCode, again?: string): FastifyReply {
  return sendHtml(reply, status, plainPage(texts, code, again));
}

/** Where to begin again. */
function againOf(state: LoginState | undefined): string | undefined {
  if (!state) return undefined;
  return state.purpose.kind === 'pass' ? `/login?site=${state.site}` : state.purpose.returnTo;
}

/** Where the last form of a login leads besides to us. */
function leadsTo({ purpose }: LoginState): string[] {
  return purpose.kind === 'pass' ? [] : [new URL(purpose.returnTo).origin];
}
