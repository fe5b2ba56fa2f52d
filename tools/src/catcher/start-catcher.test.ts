import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { createTransport } from 'nodemailer';
import { expect, onTestFinished, test } from 'vitest';

import { startCatcher } from './start-catcher.ts';

async function catcherAndTransport(options?: Parameters<typeof startCatcher>[0]) {
  const catcher = await startCatcher(options);
  const transport = createTransport({ url: catcher.smtpUrl, pool: true });
  onTestFinished(async () => {
    transport.close();
    await catcher.stop();
  });
  const send = (to: string, subject: string, body = 'Hello', html?: string) =>
    transport.sendMail({ from: 'no-reply@example.test', to, subject, text: body, ...(html && { html }) });
  return { catcher, send };
}

test('a mail is found by who waits for it, before it comes and after', async () => {
  const { catcher, send } = await catcherAndTransport();
  const isIt = (mail: { subject: string }) => mail.subject === 'Your code';
  const awaited = catcher.waitForMail(isIt, 4_000);
  await send('other@example.test', 'Another');
  await send('visitor@example.test', 'Your code', 'ABCD-EFGH', '<b>ABCD-EFGH</b>');

  const mail = await awaited;
  expect(mail.envelope).toEqual({ from: 'no-reply@example.test', to: ['visitor@example.test'] });
  expect(mail.text.trim()).toBe('ABCD-EFGH');
  expect(mail.html.trim()).toBe('<b>ABCD-EFGH</b>');
  expect(mail.headers).toContainEqual({ key: 'message-id', value: mail.messageId });
  expect(mail.raw).toContain('Subject: Your code');
  expect((await catcher.waitForMail(isIt, 100)).id).toBe(mail.id);
  await expect(catcher.waitForMail(() => false, 50)).rejects.toThrow('did not come');
});

test('an address with letters beyond ASCII on both sides is taken', async () => {
  const { catcher, send } = await catcherAndTransport();
  await send('grüße@bücher.example', 'Gruß');
  const [mail] = catcher.mails();
  expect(mail?.subject).toBe('Gruß');
  expect(mail?.envelope.to[0]).toMatch(/^grüße@/);
});

test('the newest mails are kept, newest first', async () => {
  const { catcher, send } = await catcherAndTransport({ keep: 2 });
  for (const subject of ['one', 'two', 'three']) await send('a@example.test', subject);
  expect(catcher.mails().map(({ subject }) => subject)).toEqual(['three', 'two']);
  catcher.clear();
  expect(catcher.mails()).toEqual([]);
});

test('the inbox answers by address, newest first, by id, and forgets when asked', async () => {
  const { catcher, send } = await catcherAndTransport();
  await send('a@example.test', 'one');
  await send('b@example.test', 'two');
  await send('a@example.test', 'three');
  const ask = async (path: string) => (await fetch(`${catcher.inboxUrl}${path}`)).json();
  expect(await ask('/api/mails?to=A@example.test')).toMatchObject([{ subject: 'three' }, { subject: 'one' }]);
  expect(await ask('/api/mails?limit=1')).toMatchObject([{ subject: 'three' }]);
  expect(await ask('/api/mails/2')).toMatchObject({ subject: 'two' });
  expect((await fetch(`${catcher.inboxUrl}/api/mails/99`)).status).toBe(404);
  expect((await fetch(`${catcher.inboxUrl}/api/mails`, { method: 'DELETE' })).status).toBe(204);
  expect(catcher.mails()).toEqual([]);
});

test('nothing of a mail is markup in the inbox, and its HTML can neither run nor reach out', async () => {
  const { catcher, send } = await catcherAndTransport();
  const attack = '"><script>alert(1)</script>';
  await send('a@example.test', attack, attack, `<p>Hi</p><script>alert(1)</script>`);
  const page = await fetch(catcher.inboxUrl);
  const html = await page.text();
  expect(html).not.toContain('<script>alert');
  expect(html).toContain('&#62;&#60;script&#62;alert(1)');
  expect(html).toContain('<iframe sandbox src="/mails/1"');
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'nonce-/);

  const mail = await fetch(`${catcher.inboxUrl}/mails/1`);
  expect(mail.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none'/);
});

test('a page elsewhere that points its own name here is refused', async () => {
  const { catcher } = await catcherAndTransport();
  const socket = connect(Number(new URL(catcher.inboxUrl).port), '127.0.0.1');
  socket.write('GET /api/mails HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 421 /);
});
