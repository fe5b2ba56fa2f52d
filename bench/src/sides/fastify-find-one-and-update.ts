// Verify without a product: Fastify reads the body, MongoDB's driver marks one document used, that is all.
// The same documents as Daypass, the digest sent as it is stored; no schema, no attempts, no pass.
import Fastify from 'fastify';
import { MongoClient } from 'mongodb';
import { given, listen } from './side.ts';

const client = await new MongoClient(given('MONGODB_URL'), { maxPoolSize: 16 }).connect();
const challenges = client.db().collection<{ _id: string; codeDigest: string; usedAt: Date | null }>('challenges');

const app = Fastify();
app.post<{ Params: { id: string }; Body: { code: string } }>('/v1/codes/:id/verify', async (request, reply) => {
  const used = await challenges.findOneAndUpdate(
    { _id: request.params.id, codeDigest: request.body.code, usedAt: null },
    { $set: { usedAt: new Date() } },
  );
  return reply.code(used ? 200 : 422).send({ accepted: used !== null });
});
await listen(app);
