import { setTimeout as sleep } from 'node:timers/promises';
import { digestAddress } from '@daypass/core/keys/digest-address';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import type { Puzzle } from '@daypass/core/puzzles/puzzle';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { solvePuzzle } from '../support/solve-puzzle.ts';
import { startSystem, type System } from '../support/system.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

const origins = ['http://localhost:3000'];
const sites = [
  { id: 'default', name: 'Default', origins },
  { id: 'wary', name: 'Wary', origins, proofOfWork: 'always' },
  { id: 'guessed', name: 'Guessed', origins, limits: { siteWrongCodesPerDay: 8 } },
  { id: 'trusting', name: 'Trusting', origins, proofOfWork: 'off', limits: { networkFreePer5Minutes: 0 } },
];

let file: SitesFile;
let system: System;
beforeAll(async () => {
  file = await createSitesFile(sitesText(sites));
  system = await startSystem({ apis: 2, env: { DAYPASS_SITES: file.path } });
});
afterAll(async () => {
  await system?.stop();
  await file?.remove();
});
beforeEach(() => system.redis.flushdb());

const digestOf = (email: string) => digestAddress(parseIndexKey(String(system.env['DAYPASS_INDEX_KEY'])), email);
const mailsTo = (visitor: Visitor) => `{daypass}:limit:address:${digestOf(visitor.email)}`;
const ask = (visitor: Visitor, members: object = {}, headers = {}) => visitor.post('/v1/codes', { email: visitor.email, ...members }, headers);
const puzzleOf = ({ body }: Answer) => body['proof'] as Puzzle;
const proofFor = (answer: Answer) => solvePuzzle(puzzleOf(answer));
const proofWanted = { status: 428, body: { code: 'proof_required', proof: { signature: expect.any(String) } } };

/** A stranger has asked for as many mails as they get, in the last hours. */
async function flood(visitor: Visitor): Promise<void> {
  const hoursAgo = [8, 7, 6, 5, 4, 3].map((hours) => Date.now() - hours * 3_600_000);
  await system.redis.rpush(mailsTo(visitor), ...hoursAgo);
}

/** Lets a visitor in, and returns what the last answer left with them. */
async function letIn(visitor: Visitor, headers: Record<string, string> = {}): Promise<Answer> {
  const id = await visitor.ask();
  const granted = await visitor.post(`/v1/codes/${id}/verify`, { code: await visitor.code(), ...(headers['origin'] && { session: 'cookie' }) }, headers);
  expect(granted.status).toBe(200);
  await system.redis.flushdb();
  return granted;
}

describe('a proof of work', () => {
  test('is asked of a busy network, is what the ALTCHA widget solves, and gets the code', async () => {
    const visitor = system.visitor();
    const others = await Promise.all(Array.from({ length: 30 }, (_, index) => visitor.post('/v1/codes', { email: `other${index}@example.com` })));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([202]));

    const wanted = await ask(visitor);
    expect(wanted).toMatchObject(proofWanted);
    expect(wanted.headers.get('content-type')).toBe('application/problem+json');
    expect(wanted.headers.get('ratelimit')).toMatch(/^"network";r=269;t=\d+$/);
    expect(await ask(visitor, { proof: await proofFor(wanted) })).toMatchObject({ status: 202 });
    expect(await visitor.code()).toBeTruthy();
  });

  test('works once, for its address, at its site, at any process', async () => {
    const [visitor, other] = [system.visitor(0), system.visitor(1)];
    const proof = await proofFor(await ask(visitor, { site: 'wary' }));
    expect(await other.post('/v1/codes', { email: other.email, site: 'wary', proof })).toMatchObject(proofWanted);
    expect(await other.post('/v1/codes', { email: visitor.email, site: 'wary', proof })).toMatchObject({ status: 202 });
    await system.redis.del(mailsTo(visitor));
    expect(await ask(visitor, { site: 'wary', proof })).toMatchObject(proofWanted);
  });

  test('that is nonsense gets a new puzzle', async () => {
    const visitor = system.visitor();
    const junk = Buffer.from(JSON.stringify({ challenge: { parameters: {}, signature: '' }, solution: {} })).toString('base64');
    for (const proof of ['x', '{}', junk]) expect(await ask(visitor, { site: 'wary', proof })).toMatchObject(proofWanted);
  });

  test('is never asked for where it is off', async () => {
    expect(await ask(system.visitor(), { site: 'trusting' })).toMatchObject({ status: 202 });
  });

  test('has a page that says what it is, and what to do without a script', async () => {
    const page = await system.visitor().get('/problems/proof_required');
    expect(page.text).toMatch(/428/);
    expect(page.text).toMatch(/ALTCHA/);
    expect(page.text).toMatch(/Without a script/);
  });
});

describe('a known browser', () => {
  test('gets its code when a stranger has used up what strangers get, by the value or by the cookie', async () => {
    const visitor = system.visitor();
    const granted = await letIn(visitor, { origin: 'http://localhost:3000' });
    await flood(visitor);
    expect(await ask(system.visitor(), { email: visitor.email })).toMatchObject({ status: 429 });
    expect(await ask(visitor)).toMatchObject({ status: 429 });

    const device = String(granted.body['device']);
    expect(await ask(visitor, { device: 'x' })).toMatchObject({ status: 429 });
    expect(await ask(visitor, { device })).toMatchObject({ status: 202 });
    await system.redis.del(mailsTo(visitor));
    await flood(visitor);
    const cookie = granted.headers.getSetCookie().find((each) => each.startsWith('daypass-device='));
    expect(await ask(visitor, {}, { cookie: cookie?.split(';')[0] ?? '' })).toMatchObject({ status: 202 });
  });

  test('of another address is a stranger', async () => {
    const granted = await letIn(system.visitor());
    const visitor = system.visitor();
    await flood(visitor);
    expect(await ask(visitor, { device: granted.body['device'] })).toMatchObject({ status: 429 });
  });

  test('is unknown at a site once its visitor has ended all their passes there, and known again after the next success', async () => {
    const visitor = system.visitor();
    const { body } = await letIn(visitor);
    const ended = await fetch(`${system.apis[0]?.url}/v1/passes`, { method: 'DELETE', headers: { authorization: `Bearer ${String(body['accessToken'])}` } });
    expect(ended.status).toBe(204);
    await flood(visitor);
    expect(await ask(visitor, { device: body['device'] })).toMatchObject({ status: 429 });
    // Which another site does not know of: past the limits, it wants its proof.
    expect(await ask(visitor, { device: body['device'], site: 'wary' })).toMatchObject(proofWanted);

    await system.redis.del(mailsTo(visitor));
    system.catcher.clear();
    await sleep(1_000); // Tokens are of a second.
    const { body: again } = await visitor.verify(await visitor.ask(), await visitor.code());
    await system.redis.del(mailsTo(visitor));
    await flood(visitor);
    expect(await ask(visitor, { device: body['device'] })).toMatchObject({ status: 429 });
    expect(await ask(visitor, { device: again['device'] })).toMatchObject({ status: 202 });
  });
});

describe('wrong codes', () => {
  const miss = async (visitor: Visitor, id: string, times: number) => {
    for (let each = 0; each < times; each += 1) await visitor.verify(id, 'AAAA-AAAA');
  };
  const asked = async (visitor: Visitor, site = 'default') => {
    await system.redis.del(mailsTo(visitor));
    system.catcher.clear();
    const { body } = await ask(visitor, { site });
    await visitor.mail();
    return String(body['id']);
  };

  test('in a row survive new challenges, and from ten on make the next one need a proof; getting in clears them', async () => {
    const visitor = system.visitor();
    for (let challenge = 0; challenge < 2; challenge += 1) await miss(visitor, await asked(visitor), 5);
    await system.redis.del(mailsTo(visitor));
    const elsewhere = system.visitor(1);
    const wanted = await elsewhere.post('/v1/codes', { email: visitor.email });
    expect(wanted).toMatchObject(proofWanted);

    system.catcher.clear();
    const { body } = await elsewhere.post('/v1/codes', { email: visitor.email, proof: await proofFor(wanted) });
    expect((await visitor.verify(String(body['id']), await visitor.code())).status).toBe(200);
    await system.redis.del(mailsTo(visitor));
    await expect.poll(async () => (await elsewhere.post('/v1/codes', { email: visitor.email })).status).toBe(202);
  });

  test('past the budget of the site make everybody need a proof there; operators are told once, and see it', async () => {
    const guessers = [system.visitor(0), system.visitor(1)];
    for (const guesser of guessers) await miss(guesser, await asked(guesser, 'guessed'), 5);
    expect(await ask(system.visitor(1), { site: 'guessed' })).toMatchObject(proofWanted);
    expect(await ask(system.visitor(0))).toMatchObject({ status: 202 });

    const said = system.apis.flatMap(({ output }) => output.filter((line) => line.includes('guess budget')));
    expect(said).toHaveLength(1);
    expect(JSON.parse(said[0] ?? '')).toMatchObject({ level: 'warn', site: 'guessed', msg: expect.stringContaining('guess budget spent') });
    for (const { opsUrl } of system.apis) {
      expect(await (await fetch(`${opsUrl}/metrics`)).text()).toContain('daypass_guess_budget_used_ratio{site="guessed"} 1.25');
    }
  });

  test('are not to be had from one network more than 60 in five minutes, at mails and apps together', async () => {
    const visitor = system.visitor();
    const id = await asked(visitor);
    const tries = await Promise.all(Array.from({ length: 30 }, () => visitor.verify(id, 'AAAA-AAAA')));
    expect(tries.filter(({ status }) => status === 429)).toEqual([]);
    await visitor.post('/v1/codes/verify', { email: visitor.email, code: 'AAAA-AAAA' });
    for (let each = 0; each < 29; each += 1) await visitor.post('/v1/totp/nobodys/verify', { code: '000000' });

    const refused = await visitor.verify(id, 'AAAA-AAAA');
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(refused.headers.get('ratelimit-policy')).toBe('"network-verify";q=60;w=300');
    expect(refused.headers.get('ratelimit')).toBe(`"network-verify";r=0;t=${refused.headers.get('retry-after')}`);
    expect(refused.body['retryAfter']).toBe(Number(refused.headers.get('retry-after')));
    expect(await visitor.post('/v1/totp/nobodys/verify', { code: '000000' })).toMatchObject({ status: 429 });
    expect(await visitor.post('/v1/codes/verify', { email: visitor.email, code: 'x' })).toMatchObject({ status: 429 });
  });
});

describe('how the limits stand', () => {
  test('is told with what is taken, what is refused and what is typed, and pages of other origins may read it', async () => {
    const visitor = system.visitor();
    const origin = { origin: 'http://localhost:3000' };
    const taken = await ask(visitor, {}, origin);
    expect(taken.headers.get('ratelimit-policy')).toBe('"address";q=1;w=60, "network";q=300;w=300');
    expect(taken.headers.get('ratelimit')).toBe('"address";r=0;t=60, "network";r=299;t=300');
    expect(taken.headers.get('access-control-expose-headers')).toMatch(/retry-after.*ratelimit, *ratelimit-policy/);

    const refused = await ask(visitor, {}, origin);
    expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=1;w=60');
    expect(refused.headers.get('ratelimit')).toBe(`"address";r=0;t=${refused.headers.get('retry-after')}`);

    const typed = await visitor.verify(String(taken.body['id']), 'AAAA-AAAA');
    expect(typed.headers.get('ratelimit')).toMatch(/^"network-verify";r=59;t=300$/);
  });

  test('is counted for operators: by limit what was refused, by outcome what proofs there were', async () => {
    const { opsUrl = '' } = system.apis[0] ?? {};
    const count = async (sample: string) => {
      const text = await (await fetch(`${opsUrl}/metrics`)).text();
      return Number(text.split('\n').find((line) => line.startsWith(`${sample} `))?.slice(sample.length) ?? 0);
    };
    const samples = [
      'daypass_limit_refusals_total{limit="address",site="wary"}',
      ...['missing', 'invalid', 'used', 'accepted'].map((outcome) => `daypass_proofs_of_work_total{site="wary",outcome="${outcome}"}`),
    ];
    const before = await Promise.all(samples.map(count));
    const visitor = system.visitor();
    const wanted = await ask(visitor, { site: 'wary' });
    const proof = await proofFor(wanted);
    await ask(visitor, { site: 'wary', proof: 'x' });
    await ask(visitor, { site: 'wary', proof });
    await ask(visitor, { site: 'wary', proof });
    await system.redis.del(mailsTo(visitor));
    await ask(visitor, { site: 'wary', proof });
    const after = await Promise.all(samples.map(count));
    expect(after.map((each, index) => each - (before[index] ?? 0))).toEqual([1, 1, 1, 1, 1]);
  });
});
