import { opsUsers } from '@daypass/runtime/api-variables';
import { readEnvironment } from '@daypass/runtime/read-environment';

export type Settings = {
  host: string;
  /** 0: a free one. */
  port: number;
  opsHost: string;
  /** The API's; the worker has the next one and the sweeper the one after. 0: three free ones. */
  opsPort: number;
  publicUrl?: string;
  redisUrl?: string;
  mongodbUrl?: string;
  smtpUrl?: string;
  opsUsers?: string;
};

/**
 * What `npm start` itself reads of the environment. The rest is for the services, which check it. So does the API with
 * OPS_USERS, but by then the stores are up, and a first start has taken its time: a secret that is too short is said at once.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  readEnvironment({ opsUsers }, env);
  return {
    host: env['HOST'] || '127.0.0.1',
    port: readPort('PORT', env['PORT'] || '3000', 65_535),
    opsHost: env['OPS_HOST'] || '127.0.0.1',
    opsPort: readPort('OPS_PORT', env['OPS_PORT'] || '9100', 65_533),
    ...(env['PUBLIC_URL'] && { publicUrl: env['PUBLIC_URL'] }),
    ...(env['REDIS_URL'] && { redisUrl: env['REDIS_URL'] }),
    ...(env['MONGODB_URL'] && { mongodbUrl: env['MONGODB_URL'] }),
    ...(env['SMTP_URL'] && { smtpUrl: env['SMTP_URL'] }),
    ...(env['OPS_USERS'] && { opsUsers: env['OPS_USERS'] }),
  };
}

function readPort(name: string, value: string, highest: number): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
  if (port <= highest) return port;
  throw new Error(`${name} wants a whole number from 0 to ${highest} (0: a free port).`);
}
