import { sealingKeysVariable } from '@daypass/core/keys/key-variables';
import { logLevel, mongodbUrl, opsHost, opsInsecure, opsPort, redisUrl } from '@daypass/runtime/config';

/**
 * What the sweeper reads from its environment. Of the keys it has those that seal, to seal anew after a rotation. What is added
 * here is also added to packages/cli/src/doctor/settings.ts.
 */
export const variables = { redisUrl, mongodbUrl, sealingKeys: sealingKeysVariable, opsHost, opsPort: opsPort(9102), opsInsecure, logLevel };
