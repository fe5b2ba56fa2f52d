// Forward-auth without a product: Fastify verifies the token with jose, as its manual shows it, and answers who it is.
// No revocation, no site, no check of what is asked for, no headers but its own.
import Fastify from 'fastify';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { given, listen } from './side.ts';

const keys = createLocalJWKSet(JSON.parse(given('JWKS')) as JSONWebKeySet);
const options = { issuer: given('ISSUER'), audience: 'default', algorithms: ['EdDSA'], typ: 'at+jwt' };

const app = Fastify();
app.get('/v1/forward-auth', async (request, reply) => {
  const token = /(?:^|; )daypass=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const { payload } = await jwtVerify(token, keys, options);
  return reply.header('remote-user', payload.sub ?? '').send();
});
await listen(app);
