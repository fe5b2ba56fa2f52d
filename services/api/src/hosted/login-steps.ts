import type { Admission } from '@daypass/core/access/admit';
import type { Visitor, Method } from '@daypass/core/access/visitor';
import type { CodeTicket } from '@daypass/core/codes/code-mail-order';
import type { ProvenAddress } from '@daypass/core/codes/proven-address';
import type { RequestCodeInput } from '@daypass/core/codes/request-code';
import type { ErrorCode, Refusal } from '@daypass/core/errors';
import type { ApiMetrics } from '../ops/api-metrics.ts';
import type { LoginState } from './login-state.ts';
import type { NoticeCode } from './texts.ts';

/** What a step of a login leads to. */
type Step = { state: LoginState } | { admission: Admission };

/** Where a step comes from. */
interface Browser {
  ip: string;
  /** The token of a known browser. */
  device: string | undefined;
}

/** From an address to a code to a pass, whatever the login is for. Each step takes a state and gives the next one. */
export function createLoginSteps(dependencies: {
  requestCode: (input: RequestCodeInput) => Promise<CodeTicket | Refusal>;
  resendCode: (input: { id: string; ip: string; device?: string | undefined }) => Promise<CodeTicket | Refusal>;
  verifyCode: (input: { id: string; code: string; ip: string }) => Promise<ProvenAddress | Refusal>;
  admit: (visitor: Visitor, method: Method) => Promise<Admission>;
  metrics: ApiMetrics;
}) {
  const { requestCode, resendCode, verifyCode, admit, metrics } = dependencies;
  return {
    /** Back to the first step, with nothing but what the login is for. */
    restart: ({ site, purpose, browserDigest }: LoginState): LoginState => ({ site, purpose, browserDigest }),

    async giveAddress(state: LoginState, email: string, { ip, device }: Browser): Promise<LoginState> {
      const { site, purpose, browserDigest } = state;
      const asked = await requestCode({ email, site, ip, ...(device !== undefined && { device }) });
      metrics.codeRequested(site, asked);
      const next = { site, purpose, browserDigest, email: email.trim().slice(0, 320) };
      return asked.ok ? { ...next, challenge: asked.id } : { ...next, ...noticeOf(asked) };
    },

    async askAgain(state: LoginState, { ip, device }: Browser): Promise<LoginState> {
      const asked = await resendCode({ id: state.challenge ?? '', ip, device });
      metrics.codeResent(asked);
      return asked.ok ? { ...state, notice: { code: 'mailed_again' } } : afterRefusal(state, asked);
    },

    async giveCode(state: LoginState, code: string, { ip }: Browser): Promise<Step> {
      const proof = await verifyCode({ id: state.challenge ?? '', code, ip });
      metrics.codeVerified('id', proof);
      return proof.ok ? { admission: await admit(proof, 'email') } : { state: afterRefusal(state, proof) };
    },
  };
}

export type LoginSteps = ReturnType<typeof createLoginSteps>;

/** A code that no try can make good any more: the next step is the first one. */
const over: readonly ErrorCode[] = ['code_used', 'code_expired', 'code_exhausted', 'challenge_unknown'];

function afterRefusal(state: LoginState, refusal: Refusal): LoginState {
  const { challenge: _over, ...withoutChallenge } = state;
  return { ...(over.includes(refusal.code) ? withoutChallenge : state), ...noticeOf(refusal) };
}

const notices: Partial<Record<string, NoticeCode>> = {
  address_invalid: 'address_invalid',
  address_not_allowed: 'address_not_allowed',
  challenge_unknown: 'code_expired',
  code_exhausted: 'code_exhausted',
  code_expired: 'code_expired',
  code_rejected: 'code_rejected',
  code_used: 'code_used',
  proof_required: 'proof_required',
  too_many_requests: 'too_many_requests',
};

function noticeOf({ code, retryAfterSeconds, attemptsLeft }: Refusal): Required<Pick<LoginState, 'notice'>> {
  return {
    notice: {
      code: notices[code] ?? 'unavailable',
      ...(retryAfterSeconds !== undefined && { seconds: retryAfterSeconds }),
      ...(attemptsLeft !== undefined && { attemptsLeft }),
    },
  };
}
