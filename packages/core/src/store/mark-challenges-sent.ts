import type { mongo } from 'mongoose';
import { gather } from '../gather.ts';
import type { ChallengeDocument } from './challenge-model.ts';
import { reach } from './reach.ts';

interface Acceptance {
  id: string;
  /** The number of the mail. */
  send: number;
  /** From when on the code is dead, if this is the first acceptance. */
  expiresAt: Date;
}

/** Records which mails were accepted, those of one turn with one command. */
export function markChallengesSent(collection: mongo.Collection<ChallengeDocument>): (acceptance: Acceptance) => Promise<void> {
  return gather(async (acceptances: Acceptance[]) => {
    // Nearly all are the first of their challenge, and then a short update says it in half the time.
    const first = await reach(() => collection.bulkWrite(acceptances.map(firstAcceptance), { ordered: false }));
    // For who is marked already the other changes nothing.
    if (first.matchedCount < acceptances.length) {
      await reach(() => collection.bulkWrite(acceptances.map(anyAcceptance), { ordered: false }));
    }
    return acceptances.map(() => undefined);
  });
}

function firstAcceptance({ id, send, expiresAt }: Acceptance) {
  return { updateOne: { filter: { _id: id, sendsAccepted: 0 }, update: { $set: { delivery: 'sent' as const, expiresAt, sendsAccepted: send } } } };
}

function anyAcceptance({ id, send, expiresAt }: Acceptance) {
  const first = { $eq: ['$sendsAccepted', 0] };
  const update = [
    {
      $set: {
        delivery: 'sent',
        expiresAt: { $cond: [first, expiresAt, '$expiresAt'] },
        sendsAccepted: { $max: ['$sendsAccepted', send] },
      },
    },
  ];
  return { updateOne: { filter: { _id: id }, update } };
}
