import { Resolver } from 'node:dns/promises';
import { parseAddress } from '@daypass/core/address/parse-address';
import { openStore } from '@daypass/core/store/open-store';
import { ConfigurationError } from '@daypass/runtime/read-environment';
import { reasonOf } from '@daypass/runtime/reason-of';
import { closeRedis, connectRedis, untilReady } from '@daypass/runtime/redis';
import type { Command, Surroundings } from '../command.ts';
import { fail, ok, warn, type Finding } from '../doctor/finding.ts';
import { lookAtEnvironment } from '../doctor/look-at-environment.ts';
import { lookAtSender, lookAtSmtp } from '../doctor/look-at-mail.ts';
import { lookAtMongo, lookAtRedis } from '../doctor/look-at-stores.ts';
import { readSitesFile } from '../read-sites-file.ts';

const deadlineMs = 5_000;
const dnsTimeoutMs = 3_000;

/** Looks at everything that a deployment stands on. */
export const doctor: Command = {
  usage: '[--mail-to ADDRESS]',
  summary: 'looks at the environment of all services, stores, mail servers, sender domain, clock, proxies and sites; exit code 1 when something fails',
  async run(args, surroundings) {
    const to = args[0] === '--mail-to' && args.length === 2 ? parseAddress(args[1] ?? '')?.delivery : undefined;
    if (args.length > 0 && to === undefined) {
      surroundings.say('It wants nothing, or: --mail-to ADDRESS');
      return 2;
    }
    const findings = await look(surroundings, to);
    for (const finding of findings) surroundings.say(lineOf(finding));
    return findings.some(({ level }) => level === 'fail') ? 1 : 0;
  },
};

async function look({ env, now }: Surroundings, to: string | undefined): Promise<Finding[]> {
  const { config, findings } = lookAtEnvironment(env);
  findings.push(...lookAtProxies(config));
  if (config.templates) findings.push(warn('templates', 'not looked at', 'The mailer worker renders them when it starts, and does not start with one that fails'));
  if (config.sitesFile !== undefined) findings.push(...lookAtSites(config.sitesFile, now(), config.publicUrl));
  const resolver = new Resolver({ timeout: dnsTimeoutMs, tries: 2 });
  if (config.dnsServers && config.dnsServers.length > 0) resolver.setServers(config.dnsServers);
  const looks = await Promise.all([
    config.redisUrl === undefined ? [] : withRedis(config.redisUrl, now),
    config.mongodbUrl === undefined ? [] : withMongo(config.mongodbUrl),
    ...(config.smtpServers ?? []).map((server, index) => (config.mailFrom ? lookAtSmtp(server, index + 1, config.mailFrom, to) : [])),
    config.mailFrom ? lookAtSender(config.mailFrom, { dkimKey: '', dkimSelector: '', dkimDomains: [], ...config }, resolver) : [],
  ]);
  return [...findings, ...looks.flat()];
}

function lookAtProxies({ publicUrl, trustedProxies }: { publicUrl?: string; trustedProxies?: string[] }): Finding[] {
  if (trustedProxies === undefined) return [];
  if (trustedProxies.length > 0) return [ok('proxies', `${trustedProxies.length} named`)];
  if (publicUrl === undefined) return [];
  if (!publicUrl.startsWith('https:')) return [ok('proxies', 'none')];
  return [warn('proxies', 'PUBLIC_URL is https and TRUSTED_PROXIES is empty', 'name your proxy, or all visitors count as one network')];
}

function lookAtSites(path: string, now: Date, publicUrl = ''): Finding[] {
  try {
    const sites = readSitesFile(path, now, publicUrl);
    return [ok('sites', path === '' ? 'the built-in one' : `${sites.length} in the file`)];
  } catch (error) {
    const problems = error instanceof ConfigurationError ? error.problems : ['cannot be read'];
    return problems.map((problem) => fail('sites', problem, 'Nothing of the file is used until that is mended'));
  }
}

async function withRedis(url: string, now: () => Date): Promise<Finding[]> {
  let trouble: unknown;
  const redis = connectRedis(url, 'fail-fast', (_event, error) => (trouble = error));
  try {
    return await inTime(untilReady(redis).then(() => lookAtRedis(redis, now)));
  } catch {
    return [fail('redis', notReached(trouble), 'check REDIS_URL, the firewall and the password')];
  } finally {
    await closeRedis(redis);
  }
}

async function withMongo(url: string): Promise<Finding[]> {
  let trouble: unknown;
  const store = openStore(url, (_event, error) => (trouble = error));
  try {
    return await inTime(store.connected.then(() => lookAtMongo(store)));
  } catch {
    return [fail('mongodb', notReached(trouble), 'check MONGODB_URL, the firewall and the password')];
  } finally {
    await store.close();
  }
}

function notReached(trouble: unknown): string {
  return trouble === undefined ? 'not reached' : `not reached (${reasonOf(trouble)})`;
}

/** What a finding says may be a sentence already, and what it advises is one. */
function lineOf({ level, what, says, advice }: Finding): string {
  const said = `${level.padEnd(5)}${what}: ${says.replace(/\.$/, '')}`;
  return advice === undefined ? said : `${said}. ${advice.charAt(0).toUpperCase()}${advice.slice(1)}.`;
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('late')), deadlineMs).unref();
  });
  return Promise.race([work, late]);
}
