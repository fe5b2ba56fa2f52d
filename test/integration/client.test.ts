import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDaypass, isGrant, type Admission, type Daypass, type Grant } from '../../packages/client/src/daypass.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import { codeIn } from '../support/visitor.ts';

let file: SitesFile;
let system: System;
beforeAll(async () => {
  file = await createSitesFile(
    sitesText([
      { id: 'default', name: 'The Shop', totp: { anonymous: true } },
      { id: 'proven', name: 'The Vault', proofOfWork: 'always' },
    ]),
  );
  system = await startSystem({ env: { DAYPASS_SITES: file.path } });
});
afterAll(async () => {
  await system?.stop();
  await file?.remove();
});

/** A client at a network address of its own. */
function client(site = 'default'): Daypass {
  const ip = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  return createDaypass({
    baseUrl: system.apis[0]?.url ?? '',
    site,
    fetch: (input, init) => fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), 'x-forwarded-for': ip } }),
  });
}
const someone = () => `client.${randomInt(1e9)}@example.com`;
const codeFor = async (email: string) => codeIn(await system.catcher.waitForMail((mail) => mail.envelope.to.includes(email), 15_000));

function whole(admission: Admission): Grant {
  if (!isGrant(admission)) throw new Error('Half a pass');
  return admission;
}

async function getIn(daypass: Daypass, email = someone()): Promise<Grant> {
  const { id } = await daypass.requestCode({ email, locale: 'en' });
  return whole(await daypass.verifyCode(id, await codeFor(email)));
}

describe('the client, on the running system', () => {
  test('lets a visitor in by an emailed code, and sees how the mail is doing', async () => {
    const daypass = client();
    const email = someone();
    const ticket = await daypass.requestCode({ email });
    const seen: string[] = [];
    for await (const { delivery } of daypass.watchDelivery(ticket.id)) seen.push(delivery);
    expect(seen.at(-1)).toBe('sent');
    expect(await daypass.status(ticket.id)).toMatchObject({ delivery: 'sent', attemptsLeft: 5 });

    await expect(daypass.verifyCode(ticket.id, '0000-0000')).rejects.toMatchObject({ code: 'code_rejected', status: 422, attemptsLeft: 4 });
    const grant = whole(await daypass.verifyCode(ticket.id, await codeFor(email)));
    expect(await daypass.pass({ bearer: grant.accessToken })).toMatchObject({ subject: grant.subject, methods: ['email'] });
    await expect(daypass.verifyCode(ticket.id, await codeFor(email))).rejects.toMatchObject({ code: 'code_used' });
    await expect(daypass.resend(ticket.id)).rejects.toMatchObject({ code: 'code_used' });
  });

  test('lets a visitor in by address and code', async () => {
    const daypass = client();
    const email = someone();
    await daypass.requestCode({ email });
    const code = await codeFor(email);
    await expect.poll(() => daypass.verifyAddressCode(email, code).then(isGrant, () => false)).toBe(true);
  });

  test('solves a puzzle in a thread of its own, while this one goes on', async () => {
    const daypass = client('proven');
    const told: string[] = [];
    let turns = 0;
    const clock = setInterval(() => (turns += 1), 1);
    const email = someone();
    const { id } = await daypass.requestCode({ email }, { onProof: () => told.push('proof') });
    clearInterval(clock);
    expect(told).toEqual(['proof']);
    expect(turns).toBeGreaterThan(10);
    expect(whole(await daypass.verifyCode(id, await codeFor(email))).site).toBe('proven');
  });

  test('leaves no thread behind when nobody waits for the puzzle any more', async () => {
    const controller = new AbortController();
    const asking = client('proven').requestCode({ email: someone() }, { signal: controller.signal, onProof: () => controller.abort() });
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('enrols an authenticator app, gets in with it, recovers and ends it', async () => {
    const daypass = client();
    const { accessToken: bearer, subject } = await getIn(daypass);
    const { id, secret, qr } = await daypass.totp.enrol({ bearer, label: 'Ada', qr: 'png' });
    expect(qr.png).toMatch(/^data:image\/png/);
    const plain = secret.replaceAll(' ', '');
    const confirmed = await daypass.totp.confirm(id, await generate({ secret: plain }));
    expect(confirmed.recoveryCodes).toHaveLength(10);

    const next = await generate({ secret: plain, epoch: Math.floor(Date.now() / 1000) + 30 });
    expect(whole(await daypass.totp.verify(id, next)).subject).toBe(subject);
    const recovered = whole(await daypass.totp.recover(id, confirmed.recoveryCodes[0] ?? ''));
    await daypass.totp.end(id, { bearer: recovered.accessToken });
    await expect(daypass.totp.verify(id, '000000')).rejects.toMatchObject({ code: 'totp_ended' });
  });

  test('says that nobody answers when nobody does', async () => {
    const { createServer } = await import('node:net');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const daypass = createDaypass({ baseUrl: `http://127.0.0.1:${port}` });
    await expect(daypass.verifyCode('x', 'y')).rejects.toMatchObject({ code: 'network_failed', status: 0 });
  });
});
