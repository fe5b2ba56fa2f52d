import {
  dkimDomainsVariable,
  dkimKeyVariable,
  dkimSelectorVariable,
  dnsServersVariable,
  mailFromVariable,
} from '@daypass/core/dkim/mail-variables';
import { indexKeyVariable, sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl, sitesFile } from '@daypass/runtime/config';
import { concurrency, templates } from '@daypass/runtime/mailer-variables';
import { smtpServers } from '@daypass/runtime/smtp-server';
import { traceEndpoint } from '@daypass/runtime/tracing';

/** What the mailer worker reads from its environment. What is added here is also added to packages/cli/src/doctor/settings.ts. */
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
