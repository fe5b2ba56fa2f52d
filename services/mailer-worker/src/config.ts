import { parseSender, type Sender } from '@daypass/core/address/parse-sender';
import { indexKeyVariable, sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { isUrl, logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl, sitesFile } from '@daypass/runtime/config';
import { traceEndpoint } from '@daypass/runtime/tracing';
import { integer, list, type Variable } from '@daypass/runtime/variable';

const smtpUrls: Variable<string[]> = {
  name: 'SMTP_URL',
  wants: 'smtp://… or smtps://…, or several of them, comma-separated, to be tried in order',
  parse: (value) => {
    const urls = list(value);
    return urls.length > 0 && urls.every((url) => isUrl(url, ['smtp:', 'smtps:'])) ? urls : undefined;
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
  smtpUrls,
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
