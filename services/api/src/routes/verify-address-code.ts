import type { ProvenAddress } from '@daypass/core/codes/proven-address';
import type { Refusal } from '@daypass/core/errors';
import { AddressCodeVerification, grantResponses, mayHavePass, problemResponses } from '../http/schemas.ts';
import type { SendGrant } from '../http/send-grant.ts';
import type { TypedApp } from '../http/typed-app.ts';
import type { ApiMetrics } from '../ops/api-metrics.ts';

export function verifyAddressCodeRoute(
  app: TypedApp,
  dependencies: {
    verifyAddressCode: (input: { site: string; email: string; code: string; ip: string }) => Promise<ProvenAddress | Refusal>;
    sendGrant: SendGrant;
    metrics: ApiMetrics;
  },
): void {
  const { verifyAddressCode, sendGrant, metrics } = dependencies;
  const schema = {
    operationId: 'verifyAddressCode',
    summary: 'Get in with address and code, when the challenge id is not at hand',
    tags: ['Email codes'],
    security: mayHavePass,
    body: AddressCodeVerification,
    response: { ...grantResponses, ...problemResponses },
  };

  app.post('/v1/codes/verify', { schema }, async (request, reply) => {
    const { email, code, site = 'default', session } = request.body;
    const proof = await verifyAddressCode({ site, email, code, ip: request.ip });
    metrics.codeVerified('address', proof);
    return sendGrant(request, reply, proof, { method: 'email', session });
  });
}
