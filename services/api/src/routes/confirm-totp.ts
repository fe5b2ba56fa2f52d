import type { ProvenHolder } from '@daypass/core/totp/attempt-totp';
import type { Refusal } from '@daypass/core/errors';
import { mayHavePass, problemResponses } from '../http/schemas.ts';
import type { SendGrant } from '../http/send-grant.ts';
import { confirmResponses, TotpConfirmation, TotpParams } from '../http/totp-schemas.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function confirmTotpRoute(
  app: TypedApp,
  dependencies: {
    confirmTotp: (input: { id: string; code: string; ip: string }) => Promise<(ProvenHolder & { recoveryCodes: string[] }) | Refusal>;
    sendGrant: SendGrant;
    metrics: ApiMetrics;
  },
): void {
  const { confirmTotp, sendGrant, metrics } = dependencies;
  const schema = {
    operationId: 'confirmTotp',
    summary: 'Confirm an authenticator app with its first code, and get in',
    tags: ['Authenticator app'],
    security: mayHavePass,
    params: TotpParams,
    body: TotpConfirmation,
    response: { ...confirmResponses, ...problemResponses },
  };

  app.post('/v1/totp/:id/confirm', { schema }, async (request, reply) => {
    const proof = await confirmTotp({ id: request.params.id, code: request.body.code, ip: request.ip });
    metrics.totpVerified('confirm', proof);
    const members = proof.ok ? { recoveryCodes: proof.recoveryCodes } : {};
    return sendGrant(request, reply, proof, { method: 'otp', members });
  });
}
