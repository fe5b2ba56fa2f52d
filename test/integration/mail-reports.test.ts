import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { startSystem, type System } from '../support/system.ts';

const secret = randomBytes(24).toString('base64url');
let system: System;
let smtp: ScriptedSmtp;
beforeAll(async () => {
  smtp = await startScriptedSmtp(() => undefined);
  system = await startSystem({ env: { SMTP_URL: smtp.url, DAYPASS_REPORT_SECRET: secret } });
});
afterAll(async () => {
  await system?.stop();
  await smtp?.stop();
});

async function report(body: string, type: string, bearer = secret) {
  const response = await fetch(`${system.apis[0]?.url}/v1/mail-reports`, { method: 'POST', body, headers: { 'content-type': type, authorization: `Bearer ${bearer}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function mailed() {
  const visitor = system.visitor();
  await visitor.post('/v1/codes', { email: visitor.email });
  await expect.poll(() => smtp.accepted.find(({ to }) => to === visitor.email)).toBeDefined();
  const raw = smtp.accepted.find(({ to }) => to === visitor.email)?.raw ?? '';
  return { visitor, raw, messageId: /^Message-ID: (<.*>)\r$/m.exec(raw)?.[1] ?? '' };
}

test('a bounce with the mail in it suppresses its address, and no other; it is kept by digest', async () => {
  const { raw, visitor } = await mailed();
  const bounce = `From: MAILER-DAEMON@mx\r\nContent-Type: multipart/report\r\n\r\nFinal-Recipient: rfc822; other@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n${raw}`;
  expect(await report(bounce, 'message/rfc822')).toEqual({ status: 202, body: { suppressed: 1, counted: 0, ignored: 0 } });
  const kept = await system.mongo.db?.collection('suppressions').find().toArray();
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(kept)).not.toContain(visitor.email);
});

test('JSON says the same, and what is not ours is ignored', async () => {
  const { messageId } = await mailed();
  const list = [{ messageId, kind: 'complaint' }, { messageId: '<forged@example.com>', kind: 'hard-bounce' }, { messageId, kind: 'soft-bounce' }];
  expect((await report(JSON.stringify(list), 'application/json')).body).toEqual({ suppressed: 1, counted: 1, ignored: 1 });
});

test.each(['{}', '[]', '[{"messageId":"<a@b>"}]', '[{"messageId":"<a@b>","kind":"complaint","to":"x"}]', '"x"'])('%s is malformed', async (body) => {
  expect((await report(body, 'application/json')).body).toMatchObject({ code: 'malformed_request' });
});

test('the reference has an example, which is taken as it is and is of no mail of ours', async () => {
  const { body } = await system.visitor().get('/openapi.json');
  const paths = body['paths'] as Record<string, { post: { requestBody: { content: Record<string, { example: unknown }> } } }>;
  const example = paths['/v1/mail-reports']?.post.requestBody.content['application/json']?.example;
  expect(await report(JSON.stringify(example), 'application/json')).toEqual({ status: 202, body: { suppressed: 0, counted: 0, ignored: 1 } });
});

test('without the secret nothing is taken', async () => {
  const { messageId } = await mailed();
  const before = await system.mongo.db?.collection('suppressions').countDocuments();
  expect(await report(JSON.stringify([{ messageId, kind: 'complaint' }]), 'application/json', 'guess')).toMatchObject({ status: 401, body: { code: 'report_refused' } });
  expect(await report('{}', 'application/json', 'guess')).toMatchObject({ status: 401, body: { code: 'report_refused' } });
  expect(await system.mongo.db?.collection('suppressions').countDocuments()).toBe(before);
});
