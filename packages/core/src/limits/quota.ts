import type { Limit, Standing, Window } from './limit.ts';
import type { RequestLimits } from './request-limits.ts';

/** How a limit stands, as a caller is told so that they can keep to it. */
export interface Quota {
  policy: string;
  max: number;
  windowSeconds: number;
  left: number;
  /** In so many seconds no more than `left` may be spent. */
  resetSeconds: number;
}

/** @param standing in the longest window of the limit */
export function quotasOf({ name, windows }: Limit, standing: Standing | undefined): Quota[] {
  const window = windows.at(-1);
  return window && standing ? [quotaOf(name, window, standing)] : [];
}

/** Of the network that asked. */
export function quotaOfNetwork({ rules }: RequestLimits, standing: Standing): Quota {
  return quotaOf('network', rules.network, standing);
}

/** Of a request that was taken. How often others asked for the same address is not said: the pause that follows is. */
export function quotasOfRequest(limits: RequestLimits, standing: Standing): Quota[] {
  const [pause] = limits.rules.address.strangers;
  return [...(pause ? [spentQuota('address', pause, pause.windowMs)] : []), quotaOfNetwork(limits, standing)];
}

/** Of a window that has nothing left. */
export function spentQuota(policy: string, window: Window, resetMs: number): Quota {
  return quota(policy, window, 0, resetMs);
}

function quotaOf(policy: string, window: Window, { used, relaxesInMs }: Standing): Quota {
  return quota(policy, window, window.max - used, relaxesInMs);
}

function quota(policy: string, { max, windowMs }: Window, left: number, resetMs: number): Quota {
  return { policy, max, windowSeconds: seconds(windowMs), left: Math.max(0, left), resetSeconds: seconds(resetMs) };
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
