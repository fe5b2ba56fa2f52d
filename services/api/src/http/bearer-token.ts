import type { Pass } from '@daypass/core/access/verify-pass';
import type { Proof } from '@daypass/core/access/proof';
import { refuse, type Refusal } from '@daypass/core/errors';
import type { FastifyRequest } from 'fastify';

/** RFC 6750 §2.1. */
export function bearerToken({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(headers.authorization ?? '')?.[1];
}

/** A pass, or half of one. */
export type ShownProof = Proof & { ok: true; half: boolean };

export interface BearerProofs {
  /** The pass that a request must show. */
  pass(request: FastifyRequest): Promise<Pass | Refusal>;
  /** What a request shows, if it shows anything. */
  shown(request: FastifyRequest): Promise<ShownProof | Refusal | undefined>;
}

export function createBearerProofs(dependencies: {
  verifyPass: (token: string) => Promise<Pass | Refusal>;
  verifyHalfPass: (token: string) => Promise<({ ok: true } & Proof) | Refusal>;
}): BearerProofs {
  const { verifyPass, verifyHalfPass } = dependencies;
  return {
    async pass(request) {
      if (request.headers.authorization === undefined) return refuse('pass_required');
      const token = bearerToken(request);
      return token === undefined ? refuse('pass_invalid') : verifyPass(token);
    },
    async shown(request) {
      if (request.headers.authorization === undefined) return undefined;
      const token = bearerToken(request);
      if (token === undefined) return refuse('pass_invalid');
      const pass = await verifyPass(token);
      if (pass.ok) return { ...pass, half: false };
      const halfPass = await verifyHalfPass(token);
      return halfPass.ok ? { ...halfPass, half: true } : halfPass;
    },
  };
}
