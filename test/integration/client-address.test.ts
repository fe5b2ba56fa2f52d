import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startService, untilReached, type ServiceProcess } from '../support/processes.ts';
import { createSitesFile, sitesText, type SitesFile } from '../support/sites-file.ts';
import { startSystem, type System } from '../support/system.ts';

/** So many requests a network has here, so that it soon shows who is counted as whom. */
const perNetwork = 3;
const site = { id: 'default', name: 'The Blog', limits: { networkFreePer5Minutes: perNetwork, networkPer5Minutes: perNetwork } };

let file: SitesFile;
let system: System;
/** An API that believes nobody, and one that believes a proxy on this machine, both of which hear IPv6 and IPv4. */
let direct: ServiceProcess;
let behindProxy: ServiceProcess;
beforeAll(async () => {
  file = await createSitesFile(sitesText([site]));
  system = await startSystem({ apis: 0, workers: 0, env: { DAYPASS_SITES: file.path } });
  const start = async (trusted: string) => untilReached(await startService('api', { ...system.env, HOST: '::', TRUSTED_PROXIES: trusted }));
  [direct, behindProxy] = await Promise.all([start(''), start('127.0.0.0/8')]);
});
afterAll(async () => {
  await Promise.all([direct?.stop(), behindProxy?.stop()]);
  await system?.stop();
  await file?.remove();
});

const randomIp = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;

/** Asks for somebody new by IPv4, of which a server that hears IPv6 too is told as `::ffff:127.0.0.1`. */
async function ask(api: ServiceProcess, forwardedFor?: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${new URL(api.url).port}/v1/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }) },
    body: JSON.stringify({ email: `client.${randomInt(1e12)}@example.com` }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  return response.status;
}
/** Asks once more than one network may, and says whether that was too much. */
async function isOneNetwork(api: ServiceProcess, forwardedFor: (index: number) => string): Promise<boolean> {
  const statuses: number[] = [];
  for (let index = 0; index <= perNetwork; index += 1) statuses.push(await ask(api, forwardedFor(index)));
  expect(statuses.slice(0, perNetwork).every((status) => status === 202)).toBe(true);
  return statuses.at(-1) === 429;
}
const warnings = ({ output }: ServiceProcess) => output.filter((line) => line.includes('X-Forwarded-For'));

describe('who asks without a proxy of ours', () => {
  test('is who the socket says, whatever X-Forwarded-For says', async () => {
    expect(await isOneNetwork(direct, () => randomIp())).toBe(true);
    expect(await ask(direct)).toBe(429);
  });

  test('is warned of once, without an address', async () => {
    await ask(direct, randomIp());
    expect(warnings(direct)).toHaveLength(1);
    expect(warnings(direct)[0]).not.toMatch(/\d+\.\d+\.\d+\.\d+|::/);
  });
});

describe('who asks through a proxy of ours', () => {
  test('is who the proxy says, also where the socket gives its IPv4 address as IPv6', async () => {
    const ip = randomIp();
    expect(await isOneNetwork(behindProxy, () => ip)).toBe(true);
    expect(await ask(behindProxy, randomIp())).toBe(202);
  });

  test.each<[string, (ip: string, index: number) => string]>([
    ['what they put before it themselves', (ip, index) => `192.0.2.${index}, ${ip}`],
    ['a proxy of ours that they name', (ip, index) => `192.0.2.${index}, ${ip}, 127.0.0.1`],
    ['the IPv4 address within IPv6', (ip, index) => (index % 2 ? ip : `::ffff:${ip}`)],
    ['a port', (ip, index) => `${ip}:${40_000 + index}`],
  ])('is not somebody else by %s', async (_what, forwardedFor) => {
    const ip = randomIp();
    expect(await isOneNetwork(behindProxy, (index) => forwardedFor(ip, index))).toBe(true);
  });

  test('is one for a whole IPv6 /64, and no larger', async () => {
    const prefix = `2001:db8:${randomInt(0xffff).toString(16)}`;
    expect(await isOneNetwork(behindProxy, (index) => `${prefix}:1::${index}`)).toBe(true);
    expect(await isOneNetwork(behindProxy, (index) => `${prefix}:${index + 2}::1`)).toBe(false);
  });

  test('is counted with everybody whom the proxy calls by no address', async () => {
    expect(await isOneNetwork(behindProxy, (index) => ['unknown', '_hidden', '999.1.1.1', "1' or '1'='1"][index] ?? '')).toBe(true);
  });

  test('is nothing to warn of', () => {
    expect(warnings(behindProxy)).toEqual([]);
  });
});

describe('on the way', () => {
  test('plain http is for this machine alone: an API that is to be reached otherwise does not start', async () => {
    await expect(startService('api', { ...system.env, PUBLIC_URL: 'http://login.example' })).rejects.toThrow(
      /PUBLIC_URL is malformed\. It wants the address that browsers use, without a path: https/,
    );
  });

  test('browsers are told to come by https only, where that is how they come', async () => {
    const secure = await startService('api', { ...system.env, PUBLIC_URL: 'https://login.example' });
    try {
      for (const path of ['/v1/pass', '/.well-known/jwks.json', '/nowhere']) {
        expect((await fetch(secure.url + path)).headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
        expect((await fetch(direct.url.replace('[::1]', '127.0.0.1') + path)).headers.get('strict-transport-security')).toBeNull();
      }
    } finally {
      await secure.stop();
    }
  });
});
