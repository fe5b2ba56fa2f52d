import { mongo } from 'mongoose';
import type { NewChallenge } from '../codes/challenge.ts';
import { gather } from '../gather.ts';
import type { ChallengeDocument } from './challenge-model.ts';
import { findByIds } from './find-by-ids.ts';
import { reach } from './reach.ts';

/** MongoDB's number for it. */
const duplicateKey = 11_000;

/**
 * Inserts challenges whose ids are not there, those of one turn with one command, and returns what is there then. That one is
 * there already is a job that runs again, which is rare: it costs a second look.
 */
export function openChallenges(collection: mongo.Collection<ChallengeDocument>): (challenge: NewChallenge) => Promise<ChallengeDocument> {
  return gather(async (challenges: NewChallenge[]) => {
    const documents = challenges.map(firstState);
    const there = await insert(collection, documents);
    const found = await findByIds(collection, documents.filter((_, index) => there.has(index)).map(({ _id }) => _id));
    return documents.map((document, index) => {
      const opened = there.has(index) ? found.get(document._id) : document;
      if (!opened) throw new Error('a challenge vanished while it was opened');
      return opened;
    });
  });
}

/** Which of them were there. */
async function insert(collection: mongo.Collection<ChallengeDocument>, documents: readonly ChallengeDocument[]): Promise<Set<number>> {
  try {
    await reach(() => collection.insertMany(documents, { ordered: false }));
    return new Set();
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    const failures = [error.writeErrors].flat();
    if (failures.length === 0 || failures.some(({ code }) => code !== duplicateKey)) throw error;
    return new Set(failures.map(({ index }) => index));
  }
}

function firstState({ id: _id, purgeAt, issuedAt, ...given }: NewChallenge): ChallengeDocument {
  return {
    _id,
    ...given,
    delivery: 'queued',
    attempts: 0,
    sends: 1,
    sendsAccepted: 0,
    issuedAt,
    lastSendAskedAt: issuedAt,
    expiresAt: purgeAt,
    purgeAt,
    usedAt: null,
  };
}
