import { createTotp, type PassOptions, type Totp, type VerifyOptions } from './create-totp.ts';
import { createRequestCode, type RequestOptions } from './request-code.ts';
import { createSend, type CallOptions } from './send.ts';
import { DaypassError } from './problem.ts';
import { readStatusEvents } from './status-events.ts';
import type { Admission, CodeRequest, Pass, Status, Ticket } from './types.ts';
import { watchDelivery } from './watch-delivery.ts';

export { DaypassError, type ClientErrorCode, type Problem, type ProblemCode, type Puzzle } from './problem.ts';
export type { CallOptions } from './send.ts';
export type { PassOptions, Totp, VerifyOptions } from './create-totp.ts';
export type { RequestOptions } from './request-code.ts';
export { isGrant } from './types.ts';
export type {
  Admission,
  CodeRequest,
  ConfirmedAdmission,
  Enrolment,
  Grant,
  HalfGrant,
  Pass,
  Status,
  Ticket,
} from './types.ts';

export interface DaypassOptions {
  /** Where Daypass answers: its PUBLIC_URL. */
  baseUrl: string | URL;
  /** Which of its sites. `default` when nothing is said. */
  site?: string | undefined;
  /** One of the site's secrets: for backends, which then may vouch for their visitors (`client`). Never in a page. */
  secret?: string | undefined;
  /** In the place of the platform's own. */
  fetch?: typeof fetch | undefined;
}

/** What a frontend or a backend does with Daypass. Whatever fails throws a DaypassError, or the reason of its signal. */
export interface Daypass {
  /** Has a code mailed. Asked for a proof of work, it makes one and asks again. */
  requestCode(request: CodeRequest, options?: RequestOptions): Promise<Ticket>;
  /** Tries the code of a challenge, as it was typed: case, spaces, hyphens and look-alikes do not matter. */
  verifyCode(id: string, code: string, options?: VerifyOptions): Promise<Admission>;
  /** Tries a code where the challenge is not at hand: in another browser than the one that asked. */
  verifyAddressCode(email: string, code: string, options?: VerifyOptions): Promise<Admission>;
  /** Has the same code mailed again. */
  resend(id: string, options?: CallOptions): Promise<Ticket>;
  status(id: string, options?: CallOptions): Promise<Status>;
  /** How the mail is doing, each change once, until that is settled. */
  watchDelivery(id: string, options?: CallOptions): AsyncGenerator<Status, void, undefined>;
  totp: Totp;
  /** The visitor's pass, from the cookie or from `bearer`; `undefined` when there is none, or none any more. */
  pass(options?: PassOptions): Promise<Pass | undefined>;
  /** Ends this pass, everywhere within a second. */
  endPass(options?: PassOptions): Promise<void>;
  /** Ends all of this visitor's passes at this site. */
  endPasses(options?: PassOptions): Promise<void>;
}

/** A client of one site of one deployment. It keeps nothing: ids, tokens and passes are its caller's. */
export function createDaypass(options: DaypassOptions): Daypass {
  const { site = 'default', secret } = options;
  const wire = {
    baseUrl: String(options.baseUrl).replace(/\/+$/, ''),
    // Looked up at each call: a page may set its own later, and a browser's wants no other `this`.
    fetch: options.fetch ?? ((...call: Parameters<typeof fetch>) => globalThis.fetch(...call)),
    // The pass may be a cookie. What a backend sends has none.
    credentials: secret === undefined ? ('include' as const) : ('omit' as const),
  };
  const send = createSend(wire);
  const code = (id: string) => `/v1/codes/${encodeURIComponent(id)}`;
  const status = async (id: string, call?: CallOptions) =>
    (await send({ ...call, path: code(id), repeatable: true })).body as Status;

  return {
    requestCode: createRequestCode(send, { site, secret }),
    async verifyCode(id, typed, { session, ...call } = {}) {
      const body = { code: typed, ...(session && { session }) };
      return (await send({ ...call, method: 'POST', path: `${code(id)}/verify`, body })).body as Admission;
    },
    async verifyAddressCode(email, typed, { session, ...call } = {}) {
      const body = { email, code: typed, site, ...(session && { session }) };
      return (await send({ ...call, method: 'POST', path: '/v1/codes/verify', body })).body as Admission;
    },
    async resend(id, call) {
      return (await send({ ...call, method: 'POST', path: `${code(id)}/resend` })).body as Ticket;
    },
    status,
    watchDelivery(id, call) {
      const url = `${wire.baseUrl}${code(id)}/events`;
      return watchDelivery({ readStatus: (each) => status(id, each), readEvents: (signal) => readStatusEvents({ ...wire, url }, signal) }, call);
    },
    totp: createTotp(send, site),
    async pass(call) {
      try {
        return (await send({ ...call, path: '/v1/pass', repeatable: true })).body as Pass;
      } catch (error) {
        if (error instanceof DaypassError && error.code === 'pass_invalid') return undefined;
        throw error;
      }
    },
    async endPass(call) {
      await send({ ...call, method: 'DELETE', path: '/v1/pass', repeatable: true });
    },
    async endPasses(call) {
      await send({ ...call, method: 'DELETE', path: '/v1/passes', repeatable: true });
    },
  };
}
