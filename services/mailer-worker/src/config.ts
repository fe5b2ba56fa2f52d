import { parseSender, type Sender } from '@daypass/core/address/parse-sender';
import { indexKeyVariable, sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl, sitesFile } from '@daypass/runtime/config';
import { traceEndpoint } from '@daypass/runtime/tracing';
import { integer, list, type Variable } from '@daypass/runtime/variable';
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
