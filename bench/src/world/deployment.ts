import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { parseSealingKeys } from '@daypass/core/keys/sealing-keys';
import { parseSigningKeys } from '@daypass/core/keys/signing-keys';
import { builtInSite } from '@daypass/core/sites/site';
import { createSites } from '@daypass/core/sites/sites';
import type { World } from './world.ts';

/** One deployment of Daypass: its environment, and the keys in it, for preparing what is measured. */
export interface Deployment {
  env: NodeJS.ProcessEnv;
  mongodbUrl: string;
  keys: ReturnType<typeof keysOf>;
}

/** The built-in site, as busy as a bench makes it: its limit is spent by every request, and refuses none. */
const site = {
  id: 'default',
  name: 'Daypass',
  origins: ['http://localhost:3000'],
  limits: { sitePerMinute: 1_000_000 },
  totp: { anonymous: true },
};

/** A deployment with a database of its own. Its log is the one of production: at info, on standard output. */
export function createDeployment(world: World, database: string, smtpUrl = 'smtp://127.0.0.1:9'): Deployment {
  const secrets = makeSecrets(new Date(), randomBytes);
  const mongodbUrl = world.mongo.url(database);
  const sitesFile = join(world.dir, 'sites.yaml');
  writeFileSync(sitesFile, JSON.stringify({ sites: [site] }));
  const env = {
    ...secrets,
    REDIS_URL: world.redisUrl,
    MONGODB_URL: mongodbUrl,
    SMTP_URL: smtpUrl,
    PUBLIC_URL: 'http://localhost:3000',
    PORT: '0',
    OPS_PORT: '0',
    // So that every request can come from a network of its own.
    TRUSTED_PROXIES: '127.0.0.1/32',
    DAYPASS_SITES: sitesFile,
    LOG_LEVEL: 'info',
  };
  return { env, mongodbUrl, keys: keysOf(secrets) };
}

function keysOf(secrets: ReturnType<typeof makeSecrets>) {
  return {
    sites: createSites([builtInSite(site.origins)]),
    indexKey: parseIndexKey(secrets.DAYPASS_INDEX_KEY),
    sealingKeys: parseSealingKeys(secrets.DAYPASS_SECRETS),
    signingKeys: parseSigningKeys(secrets.DAYPASS_SIGNING_KEYS),
  };
}
