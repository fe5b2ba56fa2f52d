import type { ProvenAddress } from '@daypass/core/codes/proven-address';
import type { Refusal } from '@daypass/core/errors';
import { ChallengeParams, CodeVerification, grantResponses, mayHavePass, problemResponses } from '../http/schemas.ts';
import type { SendGrant } from '../http/send-grant.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function verifyCodeRoute(
  app: TypedApp,
  dependencies: {
    verifyCode: (input: { id: string; code: string; ip: string }) => Promise<ProvenAddress | Refusal>;
    sendGrant: SendGrant;
    metrics: ApiMetrics;
  },
): void {
  const { verifyCode, sendGrant, metrics } = dependencies;
  const schema = {
    operationId: 'verifyCode',
    summary: 'Get in with the code of a challenge',
    tags: ['Email codes'],
    security: mayHavePass,
    params: ChallengeParams,
    body: CodeVerification,
    response: { ...grantResponses, ...problemResponses },
  };

  app.post('/v1/codes/:id/verify', { schema }, async (request, reply) => {
    const { code, session } = request.body;
    const proof = await verifyCode({ id: request.params.id, code, ip: request.ip });
    metrics.codeVerified('id', proof);
    return sendGrant(request, reply, proof, { method: 'email', session });
  });
}
