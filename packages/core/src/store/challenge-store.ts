import type { Model, mongo } from 'mongoose';
import { maxAttempts, type Challenge, type ChallengeStore } from '../codes/challenge.ts';
import type { ChallengeDocument } from './challenge-model.ts';
import { markChallengesSent } from './mark-challenges-sent.ts';
import { openChallenges } from './open-challenges.ts';
import { oldestPurgeAt, purgeDue, type PurgedBatch } from './purge-due.ts';
import { reach } from './reach.ts';
import { spendChallenges } from './spend-challenges.ts';

const after = { returnDocument: 'after' } as const;

/**
 * Challenges in MongoDB. Single-document operations only: they are atomic everywhere, sharded or not.
 *
 * They go through the model's collection, which is the driver's: what Mongoose does for a query on top of that, casting
 * and middleware, took as long as the query, and what is written here is our own.
 */
export function createChallengeStore(model: Model<ChallengeDocument>): {
  challenges: ChallengeStore;
  purgeChallenges: (now: Date, limit: number) => Promise<PurgedBatch>;
  oldestPurgeAt: () => Promise<Date | undefined>;
} {
  const collection = model.collection as unknown as mongo.Collection<ChallengeDocument>;
  const open = openChallenges(collection);
  const markSent = markChallengesSent(collection);
  const spend = spendChallenges(collection);
  const challenges: ChallengeStore = {
    async open(challenge) {
      return toChallenge(await open(challenge));
    },

    async find(id) {
      const found = await reach(() => collection.findOne({ _id: id }));
      return found ? toChallenge(found) : undefined;
    },

    markSent: (id, send, expiresAt) => markSent({ id, send, expiresAt }),

    async markUndelivered(id, send, delivery) {
      await reach(() => collection.updateOne({ _id: id, sendsAccepted: { $lt: send } }, { $set: { delivery } }));
    },

    async spend(id, codeDigests, now) {
      const before = await spend({ id, codeDigests, now });
      return before && toChallenge(before);
    },

    async consume(id, codeDigests, now) {
      const live = { usedAt: null, expiresAt: { $gt: now }, attempts: { $lt: maxAttempts } };
      const { modifiedCount } = await reach(() =>
        collection.updateOne(
          { _id: id, codeDigest: { $in: [...codeDigests] }, ...live },
          { $set: { usedAt: now }, $unset: { envelope: 1 } },
        ),
      );
      return modifiedCount === 1;
    },

    async live(site, addressDigest, now, limit) {
      const found = await reach(() =>
        collection
          .find({ addressDigest, site, usedAt: null, expiresAt: { $gt: now }, attempts: { $lt: maxAttempts } })
          .sort({ issuedAt: -1 })
          .limit(limit)
          .toArray(),
      );
      return found.map(toChallenge);
    },

    async takeSend(id, sends, now) {
      const taken = await reach(() =>
        collection.findOneAndUpdate(
          { _id: id, sends, usedAt: null, expiresAt: { $gt: now } },
          { $set: { sends: sends + 1, lastSendAskedAt: now, delivery: 'queued' } },
          after,
        ),
      );
      return taken ? toChallenge(taken) : undefined;
    },
  };

  return {
    challenges,
    oldestPurgeAt: () => oldestPurgeAt(model),
    purgeChallenges: (now, limit) => purgeDue(model, now, limit),
  };
}

function toChallenge({ _id, usedBy: _usedBy, ...rest }: ChallengeDocument): Challenge {
  return { id: _id, ...rest };
}
