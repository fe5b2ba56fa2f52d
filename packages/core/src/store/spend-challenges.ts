import type { mongo } from 'mongoose';
import { maxAttempts } from '../codes/challenge.ts';
import { gather } from '../gather.ts';
import type { ChallengeDocument } from './challenge-model.ts';
import { findByIds } from './find-by-ids.ts';
import { reach } from './reach.ts';
import { updateMarked } from './update-marked.ts';

/** A code that was typed, as the digests that it has under each key. */
interface Attempt {
  id: string;
  codeDigests: readonly string[];
  now: Date;
}

/**
 * Spends attempts. What decides is always one atomic operation: see docs/adr/0025-codes-that-come-together-are-spent-together.md
 * for the two that there are.
 */
export function spendChallenges(collection: mongo.Collection<ChallengeDocument>): (attempt: Attempt) => Promise<ChallengeDocument | undefined> {
  /** Challenges at which a code is being held. */
  const atWork = new Set<string>();
  const spendGathered = gather(async (attempts: Attempt[]) => {
    const [only] = attempts;
    return attempts.length === 1 && only ? [await spendOne(collection, only)] : spendTogether(collection, attempts);
  });

  return async (attempt) => {
    // A second guess while the first is not counted yet has to wait in the database's own line.
    if (atWork.has(attempt.id)) return spendOne(collection, attempt);
    atWork.add(attempt.id);
    try {
      return await spendGathered(attempt);
    } finally {
      atWork.delete(attempt.id);
    }
  };
}

/** Counts, compares and uses up in one operation, and returns the challenge as it was before. */
async function spendOne(collection: mongo.Collection<ChallengeDocument>, { id, codeDigests, now }: Attempt): Promise<ChallengeDocument | undefined> {
  // `now` is passed in: the database's clock is not asked.
  const live = {
    $and: [{ $eq: ['$usedAt', null] }, { $gt: ['$expiresAt', now] }, { $lt: ['$attempts', maxAttempts] }],
  };
  const wins = { $and: [live, { $in: ['$codeDigest', [...codeDigests]] }] };
  const before = await reach(() =>
    collection.findOneAndUpdate(
      { _id: id },
      [
        {
          $set: {
            attempts: { $cond: [live, { $add: ['$attempts', 1] }, '$attempts'] },
            usedAt: { $cond: [wins, now, '$usedAt'] },
            envelope: { $cond: [wins, '$$REMOVE', '$envelope'] },
          },
        },
      ],
      { returnDocument: 'before' },
    ),
  );
  return before ?? undefined;
}

/**
 * The same for different challenges with one query and one update. A right code uses its challenge up if no attempt was
 * counted since the challenge was read; everything that is left to decide is decided one by one.
 */
async function spendTogether(collection: mongo.Collection<ChallengeDocument>, attempts: readonly Attempt[]): Promise<(ChallengeDocument | undefined)[]> {
  const documents = await findByIds(collection, attempts.map(({ id }) => id));
  const read = attempts.map((attempt) => ({ attempt, before: documents.get(attempt.id) }));
  const right = read.flatMap(({ attempt, before }) =>
    before && isLive(before, attempt.now) && attempt.codeDigests.includes(before.codeDigest) ? [{ attempt, before }] : [],
  );
  const won = await updateMarked(
    collection,
    'usedBy',
    right.map(({ attempt: { id, now }, before: { attempts: counted } }) => ({
      id,
      unchanged: { attempts: counted, usedAt: null, expiresAt: { $gt: now } },
      update: { $set: { usedAt: now, attempts: counted + 1 }, $unset: { envelope: 1 } },
    })),
  );
  const winners = new Set(right.filter((_, index) => won[index]).map(({ attempt }) => attempt));
  return Promise.all(
    read.map(async ({ attempt, before }) => {
      // Nothing is left of it, and nothing will be again.
      const over = before === undefined || !isLive(before, attempt.now);
      return over || winners.has(attempt) ? before : spendOne(collection, attempt);
    }),
  );
}

function isLive({ usedAt, expiresAt, attempts }: ChallengeDocument, now: Date): boolean {
  return !usedAt && expiresAt > now && attempts < maxAttempts;
}
