import type { Admission } from '@daypass/core/access/admit';
import type { Handovers } from '@daypass/core/access/handover';
import type { Proof } from '@daypass/core/access/proof';
import type { Pass } from '@daypass/core/access/verify-pass';
import type { Method, Visitor } from '@daypass/core/access/visitor';
import type { CodeStatus } from '@daypass/core/codes/read-status';
import type { Refusal } from '@daypass/core/errors';
import type { Clock, RandomBytes } from '@daypass/core/ports';
import type { Sites } from '@daypass/core/sites/sites';
import type { ProvenHolder } from '@daypass/core/totp/attempt-totp';
import type { EnrolTotpInput, TotpTicket } from '@daypass/core/totp/enrol-totp';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HostCookie } from '../http/host-cookie.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';
import type { LoginStates } from './login-state.ts';
import type { LoginSteps } from './login-steps.ts';

/** What the hosted pages do it with. */
export interface HostedDependencies {
  publicUrl: string;
  sites: Sites;
  states: LoginStates;
  steps: LoginSteps;
  readStatus: (id: string) => Promise<CodeStatus | Refusal>;
  verifyPass: (token: string) => Promise<Pass | Refusal>;
  verifyHalfPass: (token: string) => Promise<({ ok: true } & Proof) | Refusal>;
  endPass: (pass: Pass) => Promise<void>;
  endPasses: (pass: Pass) => Promise<void>;
  enrolTotp: (input: EnrolTotpInput) => Promise<TotpTicket | Refusal>;
  confirmTotp: (input: { id: string; code: string; ip: string }) => Promise<(ProvenHolder & { recoveryCodes: string[] }) | Refusal>;
  admit: (visitor: Visitor, method: Method, earlier?: Proof) => Promise<Admission>;
  handovers: Handovers;
  /** Goes on with what an OpenID Connect client had asked for. */
  finishInteraction: (request: FastifyRequest, reply: FastifyReply, interaction: string, pass: Pass) => Promise<FastifyReply>;
  sessionCookie: HostCookie;
  deviceCookie: HostCookie;
  metrics: ApiMetrics;
  now: Clock;
  randomBytes: RandomBytes;
}
