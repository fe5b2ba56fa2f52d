import { indexKeyVariable, sealingKeysVariable, signingKeysVariable } from '@daypass/core/keys/key-variables';
import { opsUsers, opsWrite, publicUrl, reportSecret, trustedProxies } from '@daypass/runtime/api-variables';
import { host, logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, port, redisUrl, sitesFile } from '@daypass/runtime/config';
import { traceEndpoint } from '@daypass/runtime/tracing';

/** What the API reads from its environment. What is added here is also added to packages/cli/src/doctor/settings.ts. */
export const variables = {
  host,
  port,
  publicUrl,
  trustedProxies,
  sitesFile,
  redisUrl,
  mongodbUrl,
  sealingKeys: sealingKeysVariable,
  indexKey: indexKeyVariable,
  signingKeys: signingKeysVariable,
  opsHost,
  opsPort: opsPort(9100),
  opsInsecure,
  opsUsers,
  opsWrite,
  reportSecret,
  logLevel,
  traceEndpoint,
};
