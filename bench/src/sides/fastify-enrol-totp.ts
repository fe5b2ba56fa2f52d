// An enrolment without a product: otplib makes a secret and its address, qrcode draws it, MongoDB keeps it readable.
import { crypto } from '@otplib/plugin-crypto-node';
import Fastify from 'fastify';
import { MongoClient } from 'mongodb';
import { generateSecret, generateURI, ScureBase32Plugin } from 'otplib';
import { toString } from 'qrcode';
import { given, listen } from './side.ts';

const client = await new MongoClient(given('MONGODB_URL'), { maxPoolSize: 16 }).connect();
const enrolments = client.db().collection('plain-enrolments');
const base32 = new ScureBase32Plugin();

const app = Fastify();
app.post('/v1/totp', async (_request, reply) => {
  const secret = generateSecret({ crypto, base32 });
  const uri = generateURI({ issuer: 'Daypass', label: 'visitor', secret });
  const { insertedId } = await enrolments.insertOne({ secret, createdAt: new Date() });
  return reply.code(201).send({ id: insertedId, secret, uri, qr: { svg: await toString(uri, { type: 'svg' }) } });
});
await listen(app);
