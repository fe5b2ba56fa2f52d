import type { Admission } from '@daypass/core/access/admit';
import type { Proof } from '@daypass/core/access/proof';
import type { Visitor, Method } from '@daypass/core/access/visitor';
import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { ProvenAddress } from '@daypass/core/codes/proven-address';
import type { RequestCodeInput } from '@daypass/core/codes/request-code';
import type { ErrorCode, Refusal } from '@daypass/core/errors';
import type { ProvenHolder } from '@daypass/core/totp/attempt-totp';
import type { ApiMetrics } from '../ops/api-metrics.ts';
import type { LoginState } from './login-state.ts';
import { noticeOf } from './notice.ts';

/** What a step of a login leads to. */
export type Step = { state: LoginState } | { admission: Admission & { full: true } };

/** Where a step comes from. */
interface Browser {
  ip: string;
  /** The token of a known browser. */
  device: string | undefined;
  /** The authenticator app that it has for the site. */
  app: string | undefined;
  locale: string;
}

type Proven = (Visitor & { ok: true }) | Refusal;

/** From an address, or an app, to a pass, whatever the login is for. Each step takes a state and gives the next one. */
export function createLoginSteps(dependencies: {
  requestCode: (input: RequestCodeInput) => Promise<CodeTicket | Refusal>;
  resendCode: (input: { id: string; ip: string; device?: string | undefined }) => Promise<CodeTicket | Refusal>;
  verifyCode: (input: { id: string; code: string; ip: string }) => Promise<ProvenAddress | Refusal>;
  verifyTotp: (input: { id: string; code: string; ip: string }) => Promise<ProvenHolder | Refusal>;
  recoverTotp: (input: { id: string; recoveryCode: string; ip: string }) => Promise<ProvenHolder | Refusal>;
  verifyHalfPass: (token: string) => Promise<({ ok: true } & Proof) | Refusal>;
  admit: (visitor: Visitor, method: Method, earlier?: Proof) => Promise<Admission>;
  metrics: ApiMetrics;
}) {
  const { requestCode, resendCode, verifyCode, verifyTotp, recoverTotp, verifyHalfPass, admit, metrics } = dependencies;

  /** What was shown before: a half pass that is no longer valid does not count. */
  async function earlierOf({ halfPass }: LoginState): Promise<Proof | undefined> {
    const shown = halfPass === undefined ? undefined : await verifyHalfPass(halfPass);
    return shown?.ok ? shown : undefined;
  }

  async function letIn(state: LoginState, proven: Visitor, method: Method): Promise<Step> {
    const admission = await admit(proven, method, await earlierOf(state));
    return admission.full ? { admission } : { state: half(state, admission.halfPass) };
  }

  async function byApp(state: LoginState, proven: Proven): Promise<Step> {
    if (proven.ok) return letIn(state, proven, 'otp');
    const gone = proven.code === 'totp_ended' || proven.code === 'totp_unknown';
    return { state: { ...state, ...(gone && { turn: 'address' as const }), notice: noticeOf(proven) } };
  }

  return {
    half,
    /** Back to the first step, with nothing but what the login is for. */
    restart,
    turnTo: (state: LoginState, turn: string): LoginState => ({ ...restart(state), turn: turn === 'app' || turn === 'recovery' ? turn : 'address' }),

    async giveAddress(state: LoginState, email: string, { ip, device, locale }: Browser): Promise<LoginState> {
      const { site } = state;
      const asked = await requestCode({ email, site, ip, locale, ...(device !== undefined && { device }) });
      metrics.codeRequested(site, asked);
      const next: LoginState = { ...restart(state), turn: 'address', email: email.trim().slice(0, 320) };
      return asked.ok ? { ...next, challenge: asked.id } : { ...next, notice: noticeOf(asked) };
    },

    async askAgain({ notice: _told, ...state }: LoginState, { ip, device }: Browser): Promise<LoginState> {
      const asked = await resendCode({ id: state.challenge ?? '', ip, device });
      metrics.codeResent(asked);
      return asked.ok ? { ...state, notice: { code: 'mailed_again' } } : afterRefusal(state, asked);
    },

    async giveCode(state: LoginState, code: string, { ip }: Browser): Promise<Step> {
      const proof = await verifyCode({ id: state.challenge ?? '', code, ip });
      metrics.codeVerified('id', proof);
      return proof.ok ? letIn(state, proof, 'email') : { state: afterRefusal(state, proof) };
    },

    async giveAppCode(state: LoginState, code: string, { ip, app }: Browser): Promise<Step> {
      const proof = await verifyTotp({ id: app ?? '', code, ip });
      metrics.totpVerified('verify', proof);
      return byApp({ ...state, turn: 'app' }, proof);
    },

    async giveRecoveryCode(state: LoginState, recoveryCode: string, { ip, app }: Browser): Promise<Step> {
      const proof = await recoverTotp({ id: app ?? '', recoveryCode, ip });
      metrics.totpVerified('recover', proof);
      return byApp({ ...state, turn: 'recovery' }, proof);
    },
  };
}

export type LoginSteps = ReturnType<typeof createLoginSteps>;

function restart({ site, purpose, browserDigest, begunAt, locale, halfPass }: LoginState): LoginState {
  return { site, purpose, browserDigest, begunAt, ...(locale !== undefined && { locale }), ...(halfPass !== undefined && { halfPass }) };
}

/** The first proof of two is made. */
function half(state: LoginState, halfPass: string): LoginState {
  return { ...restart(state), halfPass, notice: { code: 'half' } };
}

/** A code that no try can make good any more: the next step is the first one. */
const over: readonly ErrorCode[] = ['code_used', 'code_expired', 'code_exhausted', 'challenge_unknown'];

function afterRefusal(state: LoginState, refusal: Refusal): LoginState {
  const { challenge: _over, ...withoutChallenge } = state;
  const ended = over.includes(refusal.code) || refusal.attemptsLeft === 0;
  return { ...(ended ? withoutChallenge : state), notice: noticeOf(refusal) };
}
