import { ConfigurationError, readNamedFile } from './read-environment.ts';
import { flag, integer, oneOf, text, type Variable } from './variable.ts';

/** The variables that more than one process reads. */

export const port: Variable<number> = {
  name: 'PORT',
  wants: 'a port number, 0 to 65535 (0: any free one)',
  parse: integer(0, 65_535),
  fallback: '3000',
};

export const host: Variable<string> = {
  name: 'HOST',
  wants: 'an address to listen on',
  parse: text,
  fallback: '127.0.0.1',
};

export function opsPort(fallback: number): Variable<number> {
  return { ...port, name: 'OPS_PORT', fallback: String(fallback) };
}

export const opsHost: Variable<string> = { ...host, name: 'OPS_HOST' };

export const opsInsecure: Variable<boolean> = {
  name: 'OPS_INSECURE',
  wants: '1 when something in front of OPS_HOST encrypts, or the network is yours alone; otherwise 0',
  parse: flag,
  fallback: '0',
};

export const redisUrl: Variable<string> = {
  name: 'REDIS_URL',
  wants: 'redis://… or rediss://…, or several of them, comma-separated, for a cluster',
  parse: (value) => (value.split(',').every((node) => isUrl(node.trim(), ['redis:', 'rediss:'])) ? value : undefined),
  secret: true,
};

export const mongodbUrl: Variable<string> = {
  name: 'MONGODB_URL',
  wants: 'mongodb://… or mongodb+srv://…',
  // Not a WHATWG URL: it may list several hosts.
  parse: (value) => (/^mongodb(\+srv)?:\/\/[^\s/]+/.test(value) ? value : undefined),
  secret: true,
};

export const sitesFile: Variable<string> = {
  name: 'DAYPASS_SITES',
  wants: 'the path of a file that describes the sites, or nothing for the one that is built in',
  parse(value) {
    const path = value.trim();
    // What it says is read later, and again; that it can be read at all is told with whatever else is wrong.
    if (path !== '') readNamedFile('DAYPASS_SITES', path);
    return path;
  },
  fallback: '',
};

export const logLevel: Variable<string> = {
  name: 'LOG_LEVEL',
  wants: 'fatal, error, warn, info, debug, trace or silent',
  parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
  fallback: 'info',
};

function isUrl(value: string, protocols: readonly string[]): boolean {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && protocols.includes(url.protocol) && url.hostname !== '';
}

/** Throws a {@link ConfigurationError} unless the internal listener is out of reach, or somebody has said that this is meant. */
export function refuseExposed(opsHostname: string, insecure: boolean): void {
  if (isLoopback(opsHostname) || insecure) return;
  throw new ConfigurationError([
    'OPS_HOST is not a loopback address, and this listener does not encrypt. Put TLS in front of it and set OPS_INSECURE=1.',
  ]);
}

/** Whether only this machine can reach it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(hostname);
}
