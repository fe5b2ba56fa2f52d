// better-auth with its email-otp plugin on the same MongoDB, as its documentation sets it up. No mail is sent, no
// rate limit is spent, nothing is logged. Without `client` its adapter uses no transactions, which the engine lacks.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { betterAuth } from 'better-auth';
import { mongodbAdapter } from 'better-auth/adapters/mongodb';
import { toNodeHandler } from 'better-auth/node';
import { emailOTP } from 'better-auth/plugins';
import { MongoClient } from 'mongodb';
import { given, sayUp } from './side.ts';

const client = await new MongoClient(given('MONGODB_URL'), { maxPoolSize: 16 }).connect();

const auth = betterAuth({
  baseURL: 'http://localhost:3000',
  secret: given('BETTER_AUTH_SECRET'),
  database: mongodbAdapter(client.db()),
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'error' },
  plugins: [
    emailOTP({
      expiresIn: 15 * 60,
      // So that the bench knows it.
      generateOTP: () => given('OTP'),
      sendVerificationOTP: async () => undefined,
    }),
  ],
});

const server = createServer((request, response) => void toNodeHandler(auth)(request, response));
server.listen(0, '127.0.0.1', () => sayUp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
