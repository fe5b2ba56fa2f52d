import type { CallOptions, Send } from './send.ts';
import type { Admission, ConfirmedAdmission, Enrolment } from './types.ts';

export interface PassOptions extends CallOptions {
  /** The pass, where it is not in the cookie. */
  bearer?: string | undefined;
}

export interface VerifyOptions extends CallOptions {
  /** `cookie`: the answer also sets the pass as a cookie. In browsers only. */
  session?: 'cookie' | undefined;
  /** What was proven before, where a site asks for two proofs: the half pass. */
  bearer?: string | undefined;
}

/** Authenticator apps. */
export interface Totp {
  /** A new secret, told once: for the visitor of the pass, or for nobody known where the site allows that. */
  enrol(options?: PassOptions & { label?: string | undefined; qr?: 'png' | undefined }): Promise<Enrolment>;
  /** The first code confirms the app. Keep the recovery codes: they are told once. */
  confirm(id: string, code: string, options?: PassOptions): Promise<ConfirmedAdmission>;
  verify(id: string, code: string, options?: VerifyOptions): Promise<Admission>;
  /** Gets in with a recovery code, in the place of the app. */
  recover(id: string, recoveryCode: string, options?: PassOptions): Promise<Admission>;
  /** Ends the enrolment. */
  end(id: string, options?: PassOptions): Promise<void>;
}

export function createTotp(send: Send, site: string): Totp {
  const enrolment = (id: string) => `/v1/totp/${encodeURIComponent(id)}`;
  return {
    async enrol({ label, qr, ...call } = {}) {
      const path = qr ? `/v1/totp?qr=${qr}` : '/v1/totp';
      // The site of a pass is in the pass.
      const body = { ...(call.bearer === undefined && { site }), ...(label !== undefined && { label }) };
      return (await send({ ...call, method: 'POST', path, body })).body as Enrolment;
    },
    async confirm(id, code, call) {
      const { body } = await send({ ...call, method: 'POST', path: `${enrolment(id)}/confirm`, body: { code } });
      return body as ConfirmedAdmission;
    },
    async verify(id, code, { session, ...call } = {}) {
      const body = { code, ...(session && { session }) };
      return (await send({ ...call, method: 'POST', path: `${enrolment(id)}/verify`, body })).body as Admission;
    },
    async recover(id, recoveryCode, call) {
      const { body } = await send({ ...call, method: 'POST', path: `${enrolment(id)}/recover`, body: { recoveryCode } });
      return body as Admission;
    },
    async end(id, call) {
      await send({ ...call, method: 'DELETE', path: enrolment(id), repeatable: true });
    },
  };
}
