import {
  dkimDomainsVariable,
  dkimKeyVariable,
  dkimSelectorVariable,
  dnsServersVariable,
  mailFromVariable,
} from '@daypass/core/dkim/mail-variables';
import { indexKeyVariable, sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl, sitesFile } from '@daypass/runtime/config';
import { smtpServers } from '@daypass/runtime/smtp-server';
import { traceEndpoint } from '@daypass/runtime/tracing';
import { integer, type Variable } from '@daypass/runtime/variable';

const templates: Variable<string> = {
  name: 'DAYPASS_TEMPLATES',
  wants: 'the path of a folder with mail templates, or nothing for those that are built in',
  parse: (value) => value.trim(),
  fallback: '',
};

const concurrency: Variable<number> = {
  name: 'WORKER_CONCURRENCY',
  wants: 'how many mails to one domain a worker sends at the same time, 1 to 100',
  parse: integer(1, 100),
  fallback: '10',
};

/** What the mailer worker reads from its environment. */
export const variables = {
  redisUrl,
  mongodbUrl,
  smtpServers,
  mailFrom: mailFromVariable,
  sitesFile,
  templates,
  dkimKey: dkimKeyVariable,
  dkimSelector: dkimSelectorVariable,
  dkimDomains: dkimDomainsVariable,
  dnsServers: dnsServersVariable,
  concurrency,
  sealingKeys: sealingKeysVariable,
  indexKey: indexKeyVariable,
  opsHost,
  opsPort: opsPort(9101),
  opsInsecure,
  logLevel,
  traceEndpoint,
};
