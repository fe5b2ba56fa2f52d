import {
  dkimDomainsVariable,
  dkimKeyVariable,
  dkimSelectorVariable,
  dnsServersVariable,
  mailFromVariable,
} from '@daypass/core/dkim/mail-variables';
import { indexKeyVariable, sealingKeysVariable, signingKeysVariable } from '@daypass/core/keys/key-variables';
import { opsUsers, opsWrite, publicUrl, reportSecret, trustedProxies } from '@daypass/runtime/api-variables';
import { host, logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, port, redisUrl, sitesFile } from '@daypass/runtime/config';
import { concurrency, templates } from '@daypass/runtime/mailer-variables';
import { smtpServers } from '@daypass/runtime/smtp-server';
import { traceEndpoint } from '@daypass/runtime/tracing';

const everywhere = { redisUrl, mongodbUrl, sealingKeys: sealingKeysVariable, opsHost, opsInsecure, opsPort: opsPort(0), logLevel };

/**
 * What each service reads from its environment. A package imports no service, so it is said here once more;
 * test/integration/environment.test.ts proves that it is the same.
 */
export const settings = {
  api: {
    ...everywhere,
    host,
    port,
    publicUrl,
    trustedProxies,
    sitesFile,
    indexKey: indexKeyVariable,
    signingKeys: signingKeysVariable,
    opsUsers,
    opsWrite,
    reportSecret,
    traceEndpoint,
  },
  'mailer-worker': {
    ...everywhere,
    smtpServers,
    mailFrom: mailFromVariable,
    sitesFile,
    templates,
    dkimKey: dkimKeyVariable,
    dkimSelector: dkimSelectorVariable,
    dkimDomains: dkimDomainsVariable,
    dnsServers: dnsServersVariable,
    concurrency,
    indexKey: indexKeyVariable,
    traceEndpoint,
  },
  sweeper: everywhere,
};
