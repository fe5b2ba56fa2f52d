import type { ProvenHolder } from '@daypass/core/totp/attempt-totp';
import type { Refusal } from '@daypass/core/errors';
import { grantResponses, mayHavePass, problemResponses } from '../http/schemas.ts';
import type { SendGrant } from '../http/send-grant.ts';
import { TotpParams, TotpRecovery } from '../http/totp-schemas.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function recoverTotpRoute(
  app: TypedApp,
  dependencies: {
    recoverTotp: (input: { id: string; recoveryCode: string; ip: string }) => Promise<ProvenHolder | Refusal>;
    sendGrant: SendGrant;
    metrics: ApiMetrics;
  },
): void {
  const { recoverTotp, sendGrant, metrics } = dependencies;
  const schema = {
    operationId: 'recoverTotp',
    summary: 'Get in with a recovery code in the place of an authenticator app',
    tags: ['Authenticator app'],
    security: mayHavePass,
    params: TotpParams,
    body: TotpRecovery,
    response: { ...grantResponses, ...problemResponses },
  };

  app.post('/v1/totp/:id/recover', { schema }, async (request, reply) => {
    const proof = await recoverTotp({ id: request.params.id, recoveryCode: request.body.recoveryCode, ip: request.ip });
    metrics.totpVerified('recover', proof);
    return sendGrant(request, reply, proof, { method: 'otp' });
  });
}
