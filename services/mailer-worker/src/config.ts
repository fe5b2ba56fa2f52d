import { parseIndexKey, type IndexKey } from '@daypass/core/keys/index-key';
import { parseSealingKeys, type SealingKeys } from '@daypass/core/keys/sealing-keys';
import { isUrl, logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl } from '@daypass/runtime/config';
import { traceEndpoint } from '@daypass/runtime/tracing';
import { integer, list, type Variable } from '@daypass/runtime/variable';
import { parseSender, type Sender } from './sender.ts';

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

const sealingKeys: Variable<SealingKeys> = {
  name: 'DAYPASS_SECRETS',
  wants: 'kid:key pairs, comma-separated, each key 32 bytes as base64url; the first is active',
  parse: parseSealingKeys,
  secret: true,
};

const indexKey: Variable<IndexKey> = {
  name: 'DAYPASS_INDEX_KEY',
  wants: '32 bytes as base64url',
  parse: parseIndexKey,
  secret: true,
};

/** What the mailer worker reads from its environment. */
export const variables = {
  redisUrl,
  mongodbUrl,
  smtpUrls,
  mailFrom,
  concurrency,
  sealingKeys,
  indexKey,
  opsHost,
  opsPort: opsPort(9101),
  opsInsecure,
  logLevel,
  traceEndpoint,
};
