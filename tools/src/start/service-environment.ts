import { type SecretName, secretNames, type SecretPaths } from './keep-secrets.ts';
import type { Ports } from './choose-ports.ts';
import type { Settings } from './settings.ts';
import type { ServiceName } from './show-lines.ts';

export type Surroundings = {
  env: NodeJS.ProcessEnv;
  settings: Settings;
  ports: Ports;
  secretPaths: SecretPaths;
  redisUrl: string;
  mongodbUrl: string;
  smtpUrl: string;
  publicUrl: string;
  opsUsers: string | undefined;
};

const NEEDED_SECRETS: Record<ServiceName, readonly SecretName[]> = {
  api: secretNames,
  'mailer-worker': ['DAYPASS_SECRETS', 'DAYPASS_INDEX_KEY'],
  sweeper: ['DAYPASS_SECRETS'],
};

/** Not for every service: each gets its own of these below, or none. */
const HANDED_OUT = ['PORT', 'HOST', 'OPS_USERS', 'SMTP_URL', 'MAIL_FROM'];

/** The user's environment, without what this service has no business to know, and with what it needs. */
export function serviceEnvironment(name: ServiceName, around: Surroundings): NodeJS.ProcessEnv {
  const secrets = secretNames.flatMap((secret) => [secret, `${secret}_FILE`]);
  const withheld = new Set([...HANDED_OUT, ...secrets]);
  const inherited = Object.entries(around.env).filter(([key]) => !withheld.has(key) && !key.startsWith('npm_'));
  return {
    ...Object.fromEntries(inherited),
    OPS_HOST: around.settings.opsHost,
    PUBLIC_URL: around.publicUrl,
    REDIS_URL: around.redisUrl,
    MONGODB_URL: around.mongodbUrl,
    ...Object.assign({}, ...NEEDED_SECRETS[name].map((secret) => secretVariable(secret, around))),
    ...ownVariables(name, around),
  };
}

function ownVariables(name: ServiceName, around: Surroundings): NodeJS.ProcessEnv {
  const { settings, ports, env, opsUsers } = around;
  if (name === 'sweeper') return { OPS_PORT: String(ports.sweeperOps) };
  if (name === 'mailer-worker') {
    const from = env['MAIL_FROM'] || 'Daypass <no-reply@localhost>';
    return { OPS_PORT: String(ports.workerOps), SMTP_URL: around.smtpUrl, MAIL_FROM: from };
  }
  return {
    PORT: String(ports.api),
    HOST: settings.host,
    OPS_PORT: String(ports.apiOps),
    ...(opsUsers && { OPS_USERS: opsUsers }),
  };
}

/** The user's own value or file, else ours by file: an environment is for more eyes than a 0600 file. */
function secretVariable(secret: SecretName, { env, secretPaths }: Surroundings): NodeJS.ProcessEnv {
  const file = `${secret}_FILE`;
  if (env[secret]) return { [secret]: env[secret] };
  return { [file]: env[file] || secretPaths[secret] };
}
