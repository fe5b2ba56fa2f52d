import cookie from '@fastify/cookie';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { createHostCookie } from './host-cookie.ts';

async function answerOf(publicUrl: string, sent?: string) {
  const app = Fastify();
  await app.register(cookie);
  const device = createHostCookie(publicUrl, 'daypass-device');
  app.get('/', (request, reply) => {
    device.set(reply, 'value', 60);
    return { read: device.read(request) };
  });
  const { headers, body } = await app.inject({ url: '/', ...(sent !== undefined && { headers: { cookie: sent } }) });
  await app.close();
  return { set: headers['set-cookie'], read: (JSON.parse(body) as { read?: string }).read };
}

test('on https a cookie is of this host alone, and of no script', async () => {
  const { set, read } = await answerOf('https://login.example', '__Host-daypass-device=mine; daypass-device=planted');
  expect(set).toBe('__Host-daypass-device=value; Max-Age=60; Path=/; HttpOnly; Secure; SameSite=Lax');
  expect(read).toBe('mine');
});

test('on plain http, which is localhost, it has no prefix that browsers would refuse there', async () => {
  const { set, read } = await answerOf('http://localhost:3000', 'daypass-device=mine');
  expect(set).toBe('daypass-device=value; Max-Age=60; Path=/; HttpOnly; SameSite=Lax');
  expect(read).toBe('mine');
});

test('a cookie of another name is not read', async () => {
  expect((await answerOf('https://login.example', 'daypass-device=planted')).read).toBeUndefined();
});
