import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Deployment } from './deployment.ts';
import { makeIndexes } from './prepare.ts';

const batchSize = 5_000;
const lifetimeMs = 25 * 60_000;

/** Replaces all challenges of a deployment by `count` that were due some minutes ago, one millisecond after another. */
export async function seedExpired(deployment: Deployment, count: number): Promise<void> {
  const client = await new MongoClient(deployment.mongodbUrl).connect();
  const challenges = client.db().collection<{ _id: string }>('challenges');
  await challenges.drop();
  await makeIndexes(deployment);
  const newestPurgeAt = Date.now() - 600_000;
  for (let made = 0; made < count; made += batchSize) {
    const documents = Array.from({ length: Math.min(batchSize, count - made) }, (_, index) =>
      usedChallenge(new Date(newestPurgeAt - (count - made - index))),
    );
    // Not measured: whether it survives a power cut is no matter.
    await challenges.insertMany(documents, { ordered: false, writeConcern: { w: 1, journal: false } });
  }
  await client.db('admin').command({ fsync: 1 });
  await client.close();
}

/** Throws if a challenge is left: who deletes fewer is faster. */
export async function expectNone({ mongodbUrl }: Deployment): Promise<void> {
  const client = await new MongoClient(mongodbUrl).connect();
  const left = await client.db().collection('challenges').countDocuments();
  await client.close();
  if (left > 0) throw new Error(`${left} expired challenges were not deleted`);
}

/** As a challenge is when its code has been used: a tombstone. */
function usedChallenge(purgeAt: Date) {
  const issuedAt = new Date(purgeAt.getTime() - lifetimeMs);
  return {
    _id: randomBytes(39).toString('base64url'),
    site: 'default',
    addressDigest: randomBytes(32).toString('base64url'),
    codeDigest: randomBytes(32).toString('base64url'),
    delivery: 'sent',
    attempts: 1,
    sends: 1,
    sendsAccepted: 1,
    issuedAt,
    lastSendAskedAt: issuedAt,
    expiresAt: purgeAt,
    purgeAt,
    usedAt: issuedAt,
  };
}
