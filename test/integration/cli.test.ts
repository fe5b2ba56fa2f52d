import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { parseSealingKeys } from '@daypass/core/keys/sealing-keys';
import { parseSigningKeys } from '@daypass/core/keys/signing-keys';
import { repoDir } from '@daypass/tools/repo';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Command } from '../../packages/cli/src/command.ts';
import { audit } from '../../packages/cli/src/commands/audit.ts';
import { doctor } from '../../packages/cli/src/commands/doctor.ts';
import { forget } from '../../packages/cli/src/commands/forget.ts';
import { keys } from '../../packages/cli/src/commands/keys.ts';
import { suppressions } from '../../packages/cli/src/commands/suppressions.ts';
import { daypassCommand, daypassProcess } from '../support/daypass-command.ts';
import { createSitesFile, sitesText } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Visitor } from '../support/visitor.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system?.stop());

const commands: Record<string, Command> = { audit, doctor, forget, keys, suppressions };
/** Runs a command with the environment of the services, in this process where it is one of these. */
async function daypass([name = '', ...args]: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; out: string }> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const given = { ...system.env, ...env };
  return command ? daypassCommand(command, args, given) : daypassProcess([name, ...args], given);
}

async function comeAndGo(visitor: Visitor): Promise<void> {
  const id = await visitor.ask();
  await visitor.verify(id, 'AAAA-AAAA');
  await visitor.verify(id, await visitor.code());
}

test('without a command it says what there is, as the documentation does', async () => {
  const { code, out } = await daypass([]);
  expect(code).toBe(0);
  const documented = readFileSync(join(repoDir, 'docs/operations/README.md'), 'utf8').replaceAll('\\|', '|');
  const usages = out.split('\n').filter((line) => line.startsWith('daypass '));
  expect(usages.map((usage) => usage.split(' ')[1])).toEqual(['audit', 'doctor', 'failed', 'forget', 'keys', 'suppressions']);
  for (const usage of usages) expect(documented).toContain(`| \`${usage}\` |`);
});

test('it says the same when it is asked for help, and of a command that is not there that it is not', async () => {
  const [help, short, unknown] = await Promise.all([daypass(['--help']), daypass(['-h']), daypass(['toString'])]);
  expect(help).toMatchObject({ code: 0, out: expect.stringContaining('daypass audit') });
  expect(short).toEqual(help);
  expect(unknown).toEqual({ code: 2, out: `${help.out}unknown command: toString\n` });
});

describe('keys new', () => {
  const read = (out: string) => Object.fromEntries(out.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));

  test('prints values that the services take, others each time, and none that is in use', async () => {
    const [{ code, out }, again] = await Promise.all([daypass(['keys', 'new']), daypass(['keys', 'new'])]);
    expect(code).toBe(0);
    const values = read(out);
    expect(Object.keys(values)).toEqual(['DAYPASS_SECRETS', 'DAYPASS_INDEX_KEY', 'DAYPASS_SIGNING_KEYS']);
    parseSealingKeys(values['DAYPASS_SECRETS'] ?? '');
    parseIndexKey(values['DAYPASS_INDEX_KEY'] ?? '');
    expect(parseSigningKeys(values['DAYPASS_SIGNING_KEYS'] ?? '').jwks.keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'RS256']);
    const secret = (text: string): string[] => text.match(/[\w-]{43,}/g) ?? [];
    const inUse = Object.keys(values).flatMap((name) => secret(system.env[name] ?? ''));
    expect(inUse.length).toBeGreaterThan(3);
    expect(secret(out).filter((each) => inUse.includes(each) || secret(again.out).includes(each))).toEqual([]);
  });

  test('prints those that are named, and says what it wants', async () => {
    expect(Object.keys(read((await daypass(['keys', 'new', 'DAYPASS_SECRETS'])).out))).toEqual(['DAYPASS_SECRETS']);
    for (const args of [['keys'], ['keys', 'old'], ['keys', 'new', 'PATH']]) expect((await daypass(args)).code).toBe(2);
  });
});

describe('forget', () => {
  test('leaves nothing that bears the digest of the address, and everything of others', async () => {
    const [visitor, other] = [system.visitor(), system.visitor()];
    await comeAndGo(visitor);
    await comeAndGo(other);
    const addressDigest = async (email: string) => {
      const { digestAddress } = await import('@daypass/core/keys/digest-address');
      return digestAddress(parseIndexKey(system.env['DAYPASS_INDEX_KEY'] ?? ''), email.toLowerCase());
    };
    const digest = await addressDigest(visitor.email);
    const kept = async (of: string) => ({
      keys: (await system.redis.keys('*')).filter((key) => key.includes(of)).length,
      challenges: await system.mongo.db?.collection('challenges').countDocuments({ addressDigest: of }),
    });
    expect((await kept(digest)).keys).toBeGreaterThan(0);

    const { code, out } = await daypass(['forget', visitor.email.toUpperCase()]);
    expect(out).toMatch(/^ +1 {2}challenges$/m);
    expect(code).toBe(0);
    expect(out).not.toContain(visitor.email);
    expect(await kept(digest)).toEqual({ keys: 0, challenges: 0 });
    expect((await kept(await addressDigest(other.email))).challenges).toBe(1);
    expect((await daypass(['forget', visitor.email])).out).toMatch(/^ +0 {2}challenges$/m);
  });

  test.each([[[]], [['not an address']], [['a@example.com', 'b@example.com']]])('wants one address: %j', async (args) => {
    expect((await daypass(['forget', ...args])).code).toBe(2);
  });
});

test('suppressions are listed by digest, found by address, and lifted', async () => {
  const { openStore } = await import('@daypass/core/store/open-store');
  const { digestAddress } = await import('@daypass/core/keys/digest-address');
  const store = openStore(system.env['MONGODB_URL'] ?? '', () => undefined);
  await store.connected;
  const digest = digestAddress(parseIndexKey(system.env['DAYPASS_INDEX_KEY'] ?? ''), 'dead@example.com');
  await store.suppressions.suppress(digest, new Date(), new Date(Date.now() + 3_600_000));
  await store.close();

  expect((await daypass(['suppressions'])).out).toContain(digest.slice(0, 12));
  expect((await daypass(['suppressions', 'Dead@example.com'])).out).toContain('Suppressed');
  expect((await daypass(['suppressions', 'lift', 'dead@example.com'])).out).toContain('Lifted');
  expect((await daypass(['suppressions', 'dead@example.com'])).out).toContain('Not suppressed');
  expect((await daypass(['suppressions'])).out).toContain('0 suppressed');
});

test('audit shows each kind, and fails when something has outstayed its time', async () => {
  await comeAndGo(system.visitor());
  const before = await daypass(['audit']);
  expect(before.out).toContain('Nothing has outstayed its time.');
  expect(before.code).toBe(0);
  for (const kind of ['challenges', 'enrolments', 'suppressions', 'jobs waiting', 'jobs failed']) expect(before.out).toContain(kind);
  await system.mongo.db?.collection('challenges').updateOne({}, { $set: { purgeAt: new Date(Date.now() - 3_600_000) } });
  expect(await daypass(['audit'])).toMatchObject({ code: 1, out: expect.stringContaining('1 h') });
});

describe('doctor', () => {
  test('finds a deployment of the tests well, but for what it has no domain for', async () => {
    const { code, out } = await daypass(['doctor', '--mail-to', 'ops@example.com']);
    expect(out).not.toMatch(/^fail/m);
    expect(code).toBe(0);
    for (const line of ['ok   environment: complete for the API, the mailer worker and the sweeper', 'ok   proxies: 1 named', 'ok   redis memory policy: noeviction', 'ok   mongodb indexes', 'ok   clock', 'ok   mail server 1, test mail: accepted', 'ok   sites']) {
      expect(out).toContain(line);
    }
    expect(system.catcher.mails().some(({ subject }) => subject === 'A test of Daypass')).toBe(true);
  });

  test('names what is wrong, what to do, and no secret', async () => {
    const { code, out } = await daypass(['doctor'], { SMTP_URL: 'smtp://user:hunter2@127.0.0.1:9', REDIS_URL: 'redis://:hunter2@127.0.0.1:9', DAYPASS_INDEX_KEY: 'hunter2', DAYPASS_SITES: '/nowhere.yaml' });
    expect(code).toBe(1);
    for (const line of [/^fail environment: DAYPASS_INDEX_KEY is malformed/m, /^fail redis: not reached \(ECONNREFUSED\)\. Check/m, /^fail mail server 1: not usable/m, /^fail environment: DAYPASS_SITES names a file that cannot be read \(ENOENT\)\./m]) expect(out).toMatch(line);
    expect(out).not.toContain('hunter2');
    expect(out).not.toMatch(/\.\.(?!\w)/);
  });

  test('says of an environment that a service cannot start with that it cannot, as that service would', async () => {
    const wrong = { PUBLIC_URL: 'http://login.example', OPS_USERS: 'ops:short', TRUSTED_PROXIES: 'all', WORKER_CONCURRENCY: 'many', OPS_HOST: '0.0.0.0' };
    const { code, out } = await daypass(['doctor'], { ...wrong, DAYPASS_SIGNING_KEYS: '' });
    expect(code).toBe(1);
    for (const name of ['PUBLIC_URL', 'OPS_USERS', 'TRUSTED_PROXIES', 'WORKER_CONCURRENCY']) expect(out).toMatch(new RegExp(`^fail environment: ${name} is malformed`, 'm'));
    expect(out).toMatch(/^fail environment: OPS_HOST is not a loopback address/m);
    expect(out).toMatch(/^warn environment: DAYPASS_SIGNING_KEYS is not set\..* not looked at, and where it is not given the API does not start\.$/m);
    expect(out).not.toMatch(/^ok {3}(environment|proxies)/m);
    for (const value of ['ops:short', 'login.example']) expect(out).not.toContain(value);
  });

  test('says which services could start, where one has keys of its own', async () => {
    const { code, out } = await daypass(['doctor'], { DAYPASS_SIGNING_KEYS: '' });
    expect(out).toMatch(/^ok {3}environment: complete for the mailer worker and the sweeper$/m);
    expect(code).toBe(0);
    expect(await daypass(['doctor'], { DAYPASS_SECRETS: '' })).toMatchObject({ code: 1, out: expect.stringContaining('No service starts without it.') });
  });

  test('wants of a sites file what the API wants of it', async () => {
    const file = await createSitesFile(sitesText([{ id: 'trial', name: 'Trial', sandbox: [{ address: 'ada@example.com', code: 'AAAA-AAAA' }] }]));
    onTestFinished(() => file.remove());
    expect((await daypass(['doctor'], { DAYPASS_SITES: file.path })).out).toMatch(/^ok {3}sites/m);
    expect((await daypass(['doctor'], { DAYPASS_SITES: file.path, PUBLIC_URL: 'https://login.example' })).out).toMatch(/^fail sites: .*until.*missing/m);
  });
});
