import type { IndexKey } from '../keys/index-key.ts';
import { mac } from '../keys/mac.ts';
import type { Clock } from '../ports.ts';
import { longestPassSeconds } from '../sites/site.ts';

/** Short texts that processes share, each for a time. Names must be digests: they are kept as they are. */
export interface Marks {
  /** The longer of two ends counts, and the later of two values: a mark never goes back. Throws when it is not kept. */
  put(name: string, value: number, forMs: number): Promise<void>;
  /** The marks of these names. May be a second old. Throws when they cannot be known. */
  read(names: readonly string[]): Promise<(number | undefined)[]>;
}

/** A token that stands for a visitor, as far as it matters for being taken back. */
export interface Revocable {
  /** `jti`; without one it is only taken back together with all others of its visitor. */
  id?: string;
  subject: string;
  site: string;
  issuedAt: Date;
}

/** What was taken back before its end. */
export interface Revocations {
  /** Whether this was. Throws when it cannot be known. */
  include(token: Revocable): Promise<boolean>;
  endPass(pass: { id: string; expiresAt: Date }): Promise<void>;
  /** Everything that was made for this visitor at this site until now. */
  endVisitor(visitor: Pick<Revocable, 'subject' | 'site' | 'issuedAt'>): Promise<void>;
}

/** Another machine's clock may be this far ahead: a pass of the moment before must not outlive it. */
const clockMarginMs = 1_000;

export function createRevocations(dependencies: { indexKey: IndexKey; marks: Marks; now: Clock }): Revocations {
  const { indexKey, marks, now } = dependencies;
  const passMark = (id: string) => `pass:${mac(indexKey.revocation, ['pass', id])}`;
  const visitorMark = ({ site, subject }: Pick<Revocable, 'subject' | 'site'>) =>
    `visitor:${mac(indexKey.revocation, ['visitor', site, subject])}`;

  return {
    async include(token) {
      const names = [visitorMark(token), ...(token.id === undefined ? [] : [passMark(token.id)])];
      const [endedAtMs, passEnded] = await marks.read(names);
      if (passEnded !== undefined) return true;
      // `iat` is in whole seconds: what was made in the same second counts as made before.
      return endedAtMs !== undefined && token.issuedAt.getTime() <= endedAtMs;
    },
    async endPass({ id, expiresAt }) {
      const leftMs = expiresAt.getTime() - now().getTime();
      if (leftMs > 0) await marks.put(passMark(id), now().getTime(), leftMs + clockMarginMs);
    },
    async endVisitor(visitor) {
      const endedAtMs = Math.max(now().getTime(), visitor.issuedAt.getTime());
      await marks.put(visitorMark(visitor), endedAtMs, longestPassSeconds * 1000 + clockMarginMs);
    },
  };
}
