import { Resolver } from 'node:dns/promises';
import { parseAddress } from '@daypass/core/address/parse-address';
import { dkimDomainsVariable, dkimKeyVariable, dkimSelectorVariable, dnsServersVariable, mailFromVariable } from '@daypass/core/dkim/mail-variables';
import { indexKeyVariable, sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { openStore } from '@daypass/core/store/open-store';
import { mongodbUrl, redisUrl, sitesFile } from '@daypass/runtime/config';
import { ConfigurationError, readEnvironment } from '@daypass/runtime/read-environment';
import { closeRedis, connectRedis, untilReady } from '@daypass/runtime/redis';
import { smtpServers } from '@daypass/runtime/smtp-server';
import type { Command, Surroundings } from '../command.ts';
import { fail, ok, warn, type Finding } from '../doctor/finding.ts';
import { lookAtSender, lookAtSmtp } from '../doctor/look-at-mail.ts';
import { lookAtMongo, lookAtRedis } from '../doctor/look-at-stores.ts';
import { readSitesFile } from '../read-sites-file.ts';

const variables = {
  redisUrl,
  mongodbUrl,
  smtpServers,
  sitesFile,
  mailFrom: mailFromVariable,
  dkimKey: dkimKeyVariable,
  dkimSelector: dkimSelectorVariable,
  dkimDomains: dkimDomainsVariable,
  dnsServers: dnsServersVariable,
  sealingKeys: sealingKeysVariable,
  indexKey: indexKeyVariable,
};
const deadlineMs = 5_000;
const dnsTimeoutMs = 3_000;

/** Looks at everything that a deployment stands on. */
export const doctor: Command = {
  usage: '[--mail-to ADDRESS]',
  summary: 'looks at environment, stores, mail servers, sender domain, clock, proxies and sites; exit code 1 when something fails',
  async run(args, surroundings) {
    const to = args[0] === '--mail-to' && args.length === 2 ? parseAddress(args[1] ?? '')?.delivery : undefined;
    if (args.length > 0 && to === undefined) {
      surroundings.say('It wants nothing, or: --mail-to ADDRESS');
      return 2;
    }
    const findings = await look(surroundings, to);
    for (const { level, what, says, advice } of findings) {
      surroundings.say(`${level.padEnd(5)}${what}: ${says}${advice === undefined ? '' : `. ${advice}`}`);
    }
    return findings.some(({ level }) => level === 'fail') ? 1 : 0;
  },
};

async function look({ env, now }: Surroundings, to: string | undefined): Promise<Finding[]> {
  const { config, findings } = readEach(env);
  findings.push(lookAtProxies(env));
  if (config.sitesFile !== undefined) findings.push(...lookAtSites(config.sitesFile, now()));
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

/** Each variable by itself: one that is wrong does not keep the others from being looked at. */
function readEach(env: NodeJS.ProcessEnv) {
  const findings: Finding[] = [];
  const config: Partial<ReturnType<typeof readEnvironment<typeof variables>>> = {};
  for (const [key, variable] of Object.entries(variables)) {
    try {
      Object.assign(config, readEnvironment({ [key]: variable }, env));
    } catch (error) {
      findings.push(fail('environment', error instanceof ConfigurationError ? error.message : `${variable.name} cannot be read`, 'See .env.example'));
    }
  }
  if (findings.length === 0) findings.push(ok('environment', 'complete'));
  return { config, findings };
}

function lookAtProxies(env: NodeJS.ProcessEnv): Finding {
  const https = (env['PUBLIC_URL'] ?? '').startsWith('https:');
  if (!https || env['TRUSTED_PROXIES']) return ok('proxies', env['TRUSTED_PROXIES'] ? 'named' : 'none');
  return warn('proxies', 'PUBLIC_URL is https and TRUSTED_PROXIES is empty', 'name your proxy, or all visitors count as one network');
}

function lookAtSites(path: string, now: Date): Finding[] {
  try {
    const sites = readSitesFile(path, now);
    return [ok('sites', path === '' ? 'the built-in one' : `${sites.length} in the file`)];
  } catch (error) {
    const problems = error instanceof ConfigurationError ? error.problems : ['cannot be read'];
    return problems.map((problem) => fail('sites', problem, 'Nothing of the file is used until that is mended'));
  }
}

async function withRedis(url: string, now: () => Date): Promise<Finding[]> {
  const redis = connectRedis(url, 'fail-fast', () => undefined);
  try {
    return await inTime(untilReady(redis).then(() => lookAtRedis(redis, now)));
  } catch {
    return [fail('redis', 'not reached', 'check REDIS_URL, the firewall and the password')];
  } finally {
    await closeRedis(redis);
  }
}

async function withMongo(url: string): Promise<Finding[]> {
  const store = openStore(url, () => undefined);
  try {
    return await inTime(store.connected.then(() => lookAtMongo(store)));
  } catch {
    return [fail('mongodb', 'not reached', 'check MONGODB_URL, the firewall and the password')];
  } finally {
    await store.close();
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('late')), deadlineMs).unref();
  });
  return Promise.race([work, late]);
}
