import type { Proof } from '@daypass/core/access/proof';
import type { Refusal } from '@daypass/core/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { renderSvg } from '../http/render-qr.ts';
import { fieldOf, isOwnForm } from './forms.ts';
import type { HostedDependencies } from './hosted-dependencies.ts';
import { leadsTo, type LoginDesk } from './login-desk.ts';
import type { LoginState } from './login-state.ts';
import { noticeOf } from './notice.ts';
import { plain } from './page-errors.ts';
import { enrolPage, recoveryCodesPage } from './pages/enrol-pages.ts';
import { sendHtml } from './send-html.ts';

const hide = { schema: { hide: true } } as const;

/**
 * Setting up an authenticator app: the secret, its first code, the recovery codes. These pages are answered to the form
 * itself, without a redirect: what is on them is shown once, and is in no address.
 */
export function enrolRoutes(scope: FastifyInstance, dependencies: HostedDependencies & { desk: LoginDesk }): void {
  const { publicUrl, desk, steps, enrolTotp, confirmTotp, admit, verifyHalfPass, metrics } = dependencies;

  scope.post('/login/enrol', hide, async (request, reply) => {
    const state = stateOf(request, reply);
    if (!('site' in state)) return state;
    const proof = await shown(request, state);
    if (!proof) return plain(request, reply, 400, 'expired');
    const ticket = await enrolTotp({ site: state.site, ip: request.ip, proof });
    metrics.totpEnrolled(state.site, ticket);
    if (!ticket.ok) return desk.show(request, reply, { ...steps.restart(state), turn: 'address', notice: noticeOf(ticket) });
    const { id, secret, uri } = ticket;
    return showApp(request, reply, { ...steps.restart(state), app: { id, secret, uri } });
  });

  scope.post('/login/enrolled', hide, async (request, reply) => {
    const state = stateOf(request, reply);
    if (!('site' in state)) return state;
    const { app, notice: _told, ...login } = state;
    if (!app) return plain(request, reply, 400, 'expired');
    const proof = await confirmTotp({ id: app.id, code: fieldOf(request, 'code'), ip: request.ip });
    metrics.totpVerified('confirm', proof);
    if (!proof.ok) return refuseCode(request, reply, state, proof);

    const admission = await admit(proof, 'otp', await shown(request, login));
    if (!admission.full) return desk.show(request, reply, steps.half(login, admission.halfPass));
    desk.keep(reply, admission);
    desk.apps.remember(request, reply, login.site, app.id);
    const step = desk.stepOf(request, login);
    return step ? sendHtml(reply, 200, recoveryCodesPage(step, proof.recoveryCodes), leadsTo(login)) : plain(request, reply, 404, 'site_unknown');
  });

  async function refuseCode(request: FastifyRequest, reply: FastifyReply, state: LoginState, refusal: Refusal) {
    const over = refusal.code === 'totp_ended' || refusal.code === 'totp_unknown';
    if (over) return plain(request, reply, 400, 'expired');
    return showApp(request, reply, { ...state, notice: noticeOf(refusal) });
  }

  async function showApp(request: FastifyRequest, reply: FastifyReply, state: LoginState) {
    const step = desk.stepOf(request, state);
    if (!step || !state.app) return plain(request, reply, 404, 'site_unknown');
    const { secret, uri } = state.app;
    const page = enrolPage(step, { secret: secret.match(/.{1,4}/g)?.join(' ') ?? '', svg: await renderSvg(uri) });
    return sendHtml(reply, state.notice ? 422 : 200, page, leadsTo(state));
  }

  /** With the state of a login, or from a page of ours without one. */
  function stateOf(request: FastifyRequest, reply: FastifyReply): LoginState | FastifyReply {
    if (fieldOf(request, 'state') !== '') return desk.stateOf(request, reply);
    if (!isOwnForm(request, publicUrl)) return plain(request, reply, 403, 'other_page');
    return desk.ownLogin(request, reply, fieldOf(request, 'site'));
  }

  /** Whom the app is to stand for: what the visitor has shown in this login, or their pass. */
  async function shown(request: FastifyRequest, { site, halfPass }: LoginState): Promise<(Proof & { half: boolean }) | undefined> {
    const half = halfPass === undefined ? undefined : await verifyHalfPass(halfPass);
    if (half?.ok) return { ...half, half: true };
    const pass = await desk.cookiePass(request);
    return pass.ok && pass.site === site ? { ...pass, half: false } : undefined;
  }
}
