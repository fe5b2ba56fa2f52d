import { Console } from 'node:console';
import { afterEach, expect, test } from 'vitest';
import { startScriptedSmtp, type ScriptedSmtp } from '../support/scripted-smtp.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startUnderFire, type UnderFire } from '../support/under-fire.ts';

const print = new Console(process.stdout);
const outWithinMs = 2_000;

let fire: UnderFire | undefined;
let smtp: ScriptedSmtp | undefined;
let sites: SitesFile | undefined;
afterEach(async () => {
  await fire?.stop();
  await smtp?.stop();
  await sites?.remove();
});

/** Two sites, one API, and no worker yet. */
async function startTwoSites(server: ScriptedSmtp): Promise<UnderFire> {
  sites = await createSitesFile(sitesText(['busy', 'quiet'].map((id) => ({ id, name: id, origins: [`https://${id}.example`], limits: { sitePerMinute: 1_000_000 } }))));
  return startUnderFire({ apis: 1, workers: 0, env: { SMTP_URL: server.url, DAYPASS_SITES: sites.path } });
}

async function ask({ system }: UnderFire, site: string, domain: string): Promise<string> {
  const visitor = system.visitor();
  const email = visitor.email.replace('example.com', domain);
  const { status, text } = await visitor.post('/v1/codes', { email, site });
  if (status !== 202) throw new Error(`no code: ${status} ${text}`);
  return email;
}

async function askMany(on: UnderFire, site: string, domainOf: (number: number) => string, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, number) => number)[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (const number of numbers) await ask(on, site, domainOf(number));
    }),
  );
}

/** How long after it was asked for a mail was accepted, in ms. */
async function outAfter(server: ScriptedSmtp, asking: Promise<string>): Promise<number> {
  const startedMs = performance.now();
  const email = await asking;
  const mail = () => server.accepted.find(({ to }) => to === email);
  await expect.poll(mail, { timeout: 30_000, interval: 10 }).toBeDefined();
  return (mail()?.atMs ?? Number.NaN) - startedMs;
}

test('10,000 mails of one site are queued: one of another site is out within 2 s', async () => {
  smtp = await startScriptedSmtp(() => undefined);
  fire = await startTwoSites(smtp);
  await askMany(fire, 'busy', (number) => `${number % 50}.example`, 10_000);
  const worker = await fire.start('mailer-worker');
  const server = smtp;
  await expect.poll(() => server.accepted.length, { interval: 20 }).toBeGreaterThan(100);
  const ms: number[] = [];
  for (let count = 0; count < 5; count += 1) ms.push(await outAfter(server, ask(fire, 'quiet', 'example.com')));
  const ahead = 10_000 - server.accepted.length;
  print.table({ 'mails of the other site': { 'out after, ms': ms.map(Math.round).join(' '), 'still queued': ahead } });
  expect(ahead).toBeGreaterThan(1_000);
  expect(Math.max(...ms)).toBeLessThan(outWithinMs);
  await worker.stop();
});

test('a domain that takes 10 s for a mail holds its places: mails to other domains, of the same site and of others, are out within 2 s', async () => {
  smtp = await startScriptedSmtp((moment, address) => (moment === 'rcpt' && address.endsWith('@slow.example') ? { afterMs: 10_000 } : undefined));
  fire = await startTwoSites(smtp);
  await askMany(fire, 'busy', () => 'slow.example', 500);
  const worker = await fire.start('mailer-worker');
  const server = smtp;
  await expect.poll(() => server.mostConnections(), { interval: 20 }).toBeGreaterThanOrEqual(10);
  const ms: Record<string, number[]> = { busy: [], quiet: [] };
  for (const site of ['busy', 'quiet', 'busy', 'quiet', 'busy', 'quiet']) ms[site]?.push(await outAfter(server, ask(fire, site, 'other.example')));
  print.table(Object.fromEntries(Object.entries(ms).map(([site, each]) => [site, { 'out after, ms': each.map(Math.round).join(' ') }])));
  expect(Math.max(...Object.values(ms).flat())).toBeLessThan(outWithinMs);
  await worker.stop();
});
