import { logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl } from '@daypass/runtime/config';

/** What the sweeper reads from its environment: it opens nothing, so it has no keys. */
export const variables = { redisUrl, mongodbUrl, opsHost, opsPort: opsPort(9102), opsInsecure, logLevel };
