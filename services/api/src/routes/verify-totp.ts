import type { ProvenHolder } from '@daypass/core/totp/attempt-totp';
import type { Refusal } from '@daypass/core/errors';
import { grantResponses, mayHavePass, problemResponses } from '../http/schemas.ts';
import type { SendGrant } from '../http/send-grant.ts';
import { TotpParams, TotpVerification } from '../http/totp-schemas.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function verifyTotpRoute(
  app: TypedApp,
  dependencies: {
    verifyTotp: (input: { id: string; code: string; ip: string }) => Promise<ProvenHolder | Refusal>;
    sendGrant: SendGrant;
    metrics: ApiMetrics;
  },
): void {
  const { verifyTotp, sendGrant, metrics } = dependencies;
  const schema = {
    operationId: 'verifyTotp',
    summary: 'Get in with a code of an authenticator app',
    tags: ['Authenticator app'],
    security: mayHavePass,
    params: TotpParams,
    body: TotpVerification,
    response: { ...grantResponses, ...problemResponses },
  };

  app.post('/v1/totp/:id/verify', { schema }, async (request, reply) => {
    const { code, session } = request.body;
    const proof = await verifyTotp({ id: request.params.id, code, ip: request.ip });
    metrics.totpVerified('verify', proof);
    return sendGrant(request, reply, proof, { method: 'otp', session });
  });
}
