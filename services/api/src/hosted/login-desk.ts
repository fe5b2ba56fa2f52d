import type { Admission } from '@daypass/core/access/admit';
import { deviceTokenSeconds } from '@daypass/core/access/device-token';
import type { Pass } from '@daypass/core/access/verify-pass';
import { refuse, type Refusal } from '@daypass/core/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createAppCookie } from './app-cookie.ts';
import { createBrowserCookie } from './browser-cookie.ts';
import { fieldOf, isOwnForm } from './forms.ts';
import type { HostedDependencies } from './hosted-dependencies.ts';
import type { LoginState } from './login-state.ts';
import { plain } from './page-errors.ts';
import { textsFor } from './page-texts.ts';
import { addressCard, appCard, codeCard, firstPage, mustEnrolCard, recoveryCard, stepPage, type StepOf } from './pages/login-pages.ts';
import { sendHtml } from './send-html.ts';

/** What all steps of a login have in common: whose browser it is, which page is next, and where it goes on in the end. */
export function createLoginDesk(dependencies: HostedDependencies) {
  const { publicUrl, sites, states, steps, readStatus, verifyPass, sessionCookie, deviceCookie, handovers, finishInteraction, now } = dependencies;
  const browser = createBrowserCookie(publicUrl, dependencies.randomBytes);
  const apps = createAppCookie(publicUrl);
  const stale = (request: FastifyRequest, reply: FastifyReply, state: LoginState | undefined) => plain(request, reply, 400, 'expired', againOf(state));

  /** A proof is as old as its second: one of the second in which a login begins may be from before. */
  const nextSecond = () => Math.ceil(now().getTime() / 1000);

  function stepOf(request: FastifyRequest, state: LoginState): StepOf | undefined {
    const site = sites.byId(state.site);
    const texts = textsFor(request.headers['accept-language'], { asked: state.locale, site });
    return site && { texts, site, state, sealed: states.seal(state), hasApp: apps.read(request, site.id) !== undefined };
  }

  async function begin(request: FastifyRequest, reply: FastifyReply, begun: Pick<LoginState, 'site' | 'purpose' | 'locale'>) {
    if (!sites.byId(begun.site)) return plain(request, reply, 404, 'site_unknown');
    const pass = await cookiePass(request);
    const state = { ...begun, browserDigest: browser.digest(request, reply), begunAt: nextSecond() };
    const fresh = begun.purpose.kind === 'oidc' && begun.purpose.fresh;
    if (pass.ok && !fresh && answers(pass, state)) return goOn(request, reply, state, sessionCookie.read(request) ?? '', pass);
    const step = stepOf(request, state);
    if (!step) return stale(request, reply, state);
    const enrolment = apps.read(request, state.site);
    return sendHtml(reply, 200, firstPage(step, enrolment === undefined ? addressCard(step) : appCard(step), enrolment), leadsTo(state));
  }

  /** The page of a state. */
  async function show(request: FastifyRequest, reply: FastifyReply, state: LoginState | undefined) {
    const step = state && browser.isOf(request, state.browserDigest) ? stepOf(request, state) : undefined;
    if (!state || !step) return stale(request, reply, state);
    const { title, inner } = await cardOf(step);
    return sendHtml(reply, state.notice && state.notice.code !== 'half' && state.notice.code !== 'mailed_again' ? 422 : 200, stepPage(step, inner, title), leadsTo(state));
  }

  async function cardOf(step: StepOf): Promise<{ title: string; inner: string }> {
    const { texts, state, hasApp } = step;
    if (state.challenge !== undefined) {
      // The page can do without: with the database away a code that is in the mail is still worth waiting for.
      const status = await readStatus(state.challenge).catch(() => refuse('unavailable'));
      return { title: texts.say('code.title'), inner: codeCard(step, status.ok ? status : undefined) };
    }
    if (state.turn === 'recovery') return { title: texts.say('recovery.title'), inner: recoveryCard(step) };
    if (hasApp && state.turn !== 'address') return { title: texts.say('totp.title'), inner: appCard(step) };
    if (state.halfPass !== undefined && state.turn === undefined) return { title: texts.say('both.title'), inner: mustEnrolCard(step) };
    return { title: texts.say('address.title'), inner: addressCard(step) };
  }

  function keep(reply: FastifyReply, { accessToken, expiresInSeconds, device }: Admission & { full: true }): void {
    sessionCookie.set(reply, accessToken, expiresInSeconds);
    if (device !== undefined) deviceCookie.set(reply, device, deviceTokenSeconds);
  }

  async function goOn(request: FastifyRequest, reply: FastifyReply, state: LoginState, token: string, pass: Pass | Refusal) {
    const { purpose, site } = state;
    if (!pass.ok) return show(request, reply, { ...steps.restart(state), notice: { code: 'unavailable' } });
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

  return {
    apps,
    begin,
    show,
    stepOf,
    keep,
    goOn,
    cookiePass,
    /** A login that sets out from a page of ours, to nothing but a pass. */
    ownLogin: (request: FastifyRequest, reply: FastifyReply, site: string): LoginState => ({
      site,
      purpose: { kind: 'pass' },
      browserDigest: browser.digest(request, reply),
      begunAt: nextSecond(),
    }),
    /** The state that a form of ours was sent with; otherwise what is said instead, and nothing is done. */
    stateOf(request: FastifyRequest, reply: FastifyReply): LoginState | FastifyReply {
      if (!isOwnForm(request, publicUrl)) return plain(request, reply, 403, 'other_page');
      const state = states.open(fieldOf(request, 'state'));
      return state && browser.isOf(request, state.browserDigest) ? state : stale(request, reply, state);
    },
  };
}

export type LoginDesk = ReturnType<typeof createLoginDesk>;

/** Whether a pass is what the login is for: where the proof has to be a new one, it was made since the login began. */
export function answers(pass: Pass, { site, purpose, begunAt }: LoginState): boolean {
  const fresh = purpose.kind === 'oidc' && purpose.fresh;
  return pass.site === site && (!fresh || pass.provenAt.getTime() >= begunAt * 1000);
}

/** Where to begin again. */
function againOf(state: LoginState | undefined): string | undefined {
  if (!state) return undefined;
  return state.purpose.kind === 'pass' ? `/login?site=${state.site}` : state.purpose.returnTo;
}

/** Where the last form of a login leads besides to us. */
export function leadsTo({ purpose }: LoginState): string[] {
  return purpose.kind === 'pass' ? [] : [new URL(purpose.returnTo).origin];
}
