import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { indexKeyVariable, sealingKeysVariable, signingKeysVariable } from '@daypass/core/keys/key-variables';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import type { Command } from '../command.ts';

const variables = [sealingKeysVariable, indexKeyVariable, signingKeysVariable].map(({ name }) => name);

/** Prints new values. It reads no environment, so that it can print no key that is in use. */
export const keys: Command = {
  usage: 'new [VARIABLE…]',
  summary: 'prints a new value for each of the key variables, or for those named',
  async run([what, ...names], { say, now }) {
    if (what !== 'new' || names.some((name) => !variables.includes(name))) {
      say(`It wants "new", and after it none or some of ${variables.join(', ')}.`);
      return 2;
    }
    const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const made = Object.entries(makeSecrets(now(), randomBytes, rsaKey));
    for (const [name, value] of made) if (names.length === 0 || names.includes(name)) say(`${name}=${value}`);
    return 0;
  },
};
