import { refuse, type Refusal } from '../errors.ts';
import type { LimitRefusal } from './limit.ts';
import { spentQuota } from './quota.ts';

/** What a limit's refusal is to the caller: when to come back, in whole seconds, never too early. */
export function refuseByLimit({ name, window, retryAfterMs }: LimitRefusal): Refusal {
  return refuse('too_many_requests', {
    retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
    limit: name,
    ...(window && { quotas: [spentQuota(name, window, retryAfterMs)] }),
  });
}
