import { maxAttempts, type Challenge, type ChallengeStore } from '@daypass/core/codes/challenge';

/**
 * Challenges in memory, for tests of use cases that are not about the store. It keeps the promises of the real one:
 * test/integration/challenge-store.test.ts holds both to the same contract.
 */
export function createMemoryChallenges(): ChallengeStore {
  const kept = new Map<string, Challenge>();
  const change = (id: string, members: Partial<Challenge>): void => {
    const found = kept.get(id);
    if (found) kept.set(id, { ...found, ...members });
  };
  const use = (id: string, usedAt: Date): void => {
    const { envelope: _gone, ...rest } = kept.get(id) ?? missing();
    kept.set(id, { ...rest, usedAt });
  };

  return {
    async open({ id, ...given }) {
      const existing = kept.get(id);
      if (existing) return existing;
      const opened: Challenge = {
        id,
        ...given,
        delivery: 'queued',
        attempts: 0,
        sends: 1,
        sendsAccepted: 0,
        lastSendAskedAt: given.issuedAt,
        expiresAt: given.purgeAt,
        usedAt: null,
      };
      kept.set(id, opened);
      return opened;
    },

    find: async (id) => kept.get(id),

    async markSent(id, send, expiresAt) {
      const found = kept.get(id);
      if (!found) return;
      const first = found.sendsAccepted === 0 ? { expiresAt } : {};
      change(id, { ...first, delivery: 'sent', sendsAccepted: Math.max(found.sendsAccepted, send) });
    },

    async markUndelivered(id, send, delivery) {
      if ((kept.get(id)?.sendsAccepted ?? send) < send) change(id, { delivery });
    },

    async spend(id, codeDigests, now) {
      const before = kept.get(id);
      if (!before || !isLive(before, now)) return before;
      change(id, { attempts: before.attempts + 1 });
      if (codeDigests.includes(before.codeDigest)) use(id, now);
      return before;
    },

    async consume(id, codeDigests, now) {
      const found = kept.get(id);
      if (!found || !isLive(found, now) || !codeDigests.includes(found.codeDigest)) return false;
      use(id, now);
      return true;
    },

    live: async (site, addressDigest, now, limit) =>
      [...kept.values()]
        .filter((found) => found.site === site && found.addressDigest === addressDigest && isLive(found, now))
        .toSorted((a, b) => b.issuedAt.getTime() - a.issuedAt.getTime())
        .slice(0, limit),

    async takeSend(id, sends, now) {
      const found = kept.get(id);
      if (!found || found.sends !== sends || found.usedAt || now >= found.expiresAt) return undefined;
      change(id, { sends: sends + 1, lastSendAskedAt: now, delivery: 'queued' });
      return kept.get(id);
    },

  };
}

function isLive({ usedAt, expiresAt, attempts }: Challenge, now: Date): boolean {
  return !usedAt && now < expiresAt && attempts < maxAttempts;
}

function missing(): never {
  throw new Error('there is no such challenge');
}
