// A code of an authenticator app without a product: Fastify reads the body, MongoDB's driver moves one document to the
// step, otplib compares. The same documents as Daypass, their secret readable beside them; nothing is sealed, counted or
// signed, no limit is spent.
import { crypto } from '@otplib/plugin-crypto-node';
import Fastify from 'fastify';
import { MongoClient, type Binary } from 'mongodb';
import { verifySync } from 'otplib';
import { given, listen } from './side.ts';

const client = await new MongoClient(given('MONGODB_URL'), { maxPoolSize: 16 }).connect();
const enrolments = client.db().collection<{ _id: string; lastStep: number; secret: Binary }>('enrolments');
const stepMs = 30_000;

const app = Fastify();
app.post<{ Params: { id: string }; Body: { code: string } }>('/v1/totp/:id/verify', async (request, reply) => {
  const step = Math.floor(Date.now() / stepMs);
  const found = await enrolments.findOneAndUpdate(
    { _id: request.params.id, lastStep: { $lt: step } },
    { $set: { lastStep: step } },
  );
  const token = request.body.code;
  const valid = found && verifySync({ strategy: 'totp', secret: found.secret.buffer, token, epochTolerance: 30, crypto }).valid;
  return reply.code(valid ? 200 : 422).send({ accepted: valid === true });
});
await listen(app);
