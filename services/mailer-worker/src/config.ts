import { parseSender, type Sender } from '@daypass/core/address/parse-sender';
import { indexKeyVariable, sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl, sitesFile } from '@daypass/runtime/config';
import { traceEndpoint } from '@daypass/runtime/tracing';
import { integer, list, type Variable } from '@daypass/runtime/variable';
import { parseDkimKey } from './dkim/dkim-key.ts';
import { parseSmtpServer, type SmtpServer } from './transports/smtp-server.ts';

const smtpServers: Variable<SmtpServer[]> = {
  name: 'SMTP_URL',
  wants:
    'smtp://… or smtps://…, or several of them, comma-separated, to be tried in order; each may end in ?perSecond=…&connections=…',
  parse: (value) => {
    const servers = list(value).map(parseSmtpServer);
    return servers.length > 0 ? every(servers) : undefined;
  },
  secret: true,
};

const mailFrom: Variable<Sender> = {
  name: 'MAIL_FROM',
  wants: 'an address, or a name and an address: Daypass <no-reply@example.com>',
  parse: parseSender,
  fallback: 'Daypass <no-reply@localhost>',
};

const templates: Variable<string> = {
  name: 'DAYPASS_TEMPLATES',
  wants: 'the path of a folder with mail templates, or nothing for those that are built in',
  parse: (value) => value.trim(),
  fallback: '',
};

const dkimKey: Variable<string> = {
  name: 'DKIM_KEY',
  wants: 'the private key that mails are signed with: PEM, RSA of 2048 bits or more, or Ed25519',
  // The selector belongs to it; the key is looked at here, so that it is named here.
  parse: (value) => (value === '' || parseDkimKey('', value) ? value : undefined),
  fallback: '',
  secret: true,
};

const dkimSelector: Variable<string> = {
  name: 'DKIM_SELECTOR',
  wants: 'the name under which the public key is in DNS: letters, digits, dots and hyphens',
  parse: (value) => (/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/i.test(value) ? value : undefined),
  fallback: 'daypass',
};

const dkimDomains: Variable<string[]> = {
  name: 'DKIM_DOMAINS',
  wants: 'the domains that mails are signed for, comma-separated; without it that of MAIL_FROM',
  parse: (value) => {
    const domains = list(value);
    return domains.every((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(domain)) ? domains : undefined;
  },
  fallback: '',
};

const dnsServers: Variable<string[]> = {
  name: 'DNS_SERVERS',
  wants: 'addresses of name servers, comma-separated, each with or without a port; without it those of the machine',
  parse: list,
  fallback: '',
};

const concurrency: Variable<number> = {
  name: 'WORKER_CONCURRENCY',
  wants: 'how many mails one worker sends at the same time, 1 to 100',
  parse: integer(1, 100),
  fallback: '10',
};

/** What the mailer worker reads from its environment. */
export const variables = {
  redisUrl,
  mongodbUrl,
  smtpServers,
  mailFrom,
  sitesFile,
  templates,
  dkimKey,
  dkimSelector,
  dkimDomains,
  dnsServers,
  concurrency,
  sealingKeys: sealingKeysVariable,
  indexKey: indexKeyVariable,
  opsHost,
  opsPort: opsPort(9101),
  opsInsecure,
  logLevel,
  traceEndpoint,
};

/** All of them, unless one is missing. */
function every<T>(values: readonly (T | undefined)[]): T[] | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === values.length ? present : undefined;
}
