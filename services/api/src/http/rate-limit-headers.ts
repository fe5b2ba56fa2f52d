import type { Quota } from '@daypass/core/limits/quota';
import type { FastifyReply } from 'fastify';

/** The fields of draft-ietf-httpapi-ratelimit-headers-11 §3 and §4. */
export const rateLimitHeaders = ['ratelimit', 'ratelimit-policy'];

/** Tells the caller how the limits stand that they meet. */
export function setRateLimit(reply: FastifyReply, quotas: readonly Quota[] | undefined): void {
  if (!quotas || quotas.length === 0) return;
  const policies = quotas.map(({ policy, max, windowSeconds }) => `"${policy}";q=${max};w=${windowSeconds}`);
  const standings = quotas.map(({ policy, left, resetSeconds }) => `"${policy}";r=${left};t=${resetSeconds}`);
  void reply.header('ratelimit-policy', policies.join(', ')).header('ratelimit', standings.join(', '));
}
