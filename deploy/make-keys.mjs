// Makes the secrets of a deployment, once: what is there already is left as it is.
//   node deploy/make-keys.mjs FOLDER
// FOLDER/sealing is for every process, FOLDER/index for the API and the workers, FOLDER/signing for the API alone.
// FOLDER/mailpit lets the workers send to Mailpit under TLS, which they insist on.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeSecrets } from '../packages/core/src/keys/make-secrets.ts';
import { selfSigned } from './self-signed.mjs';

const [, , folder, mailHost = 'mailpit'] = process.argv;
if (!folder) throw new Error('Usage: make-keys.mjs FOLDER [MAIL-HOST]');

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const secrets = makeSecrets(new Date(), randomBytes, rsa);
const { certificate, key } = selfSigned(mailHost, new Date());
keep('sealing/DAYPASS_SECRETS', secrets.DAYPASS_SECRETS);
keep('index/DAYPASS_INDEX_KEY', secrets.DAYPASS_INDEX_KEY);
keep('signing/DAYPASS_SIGNING_KEYS', secrets.DAYPASS_SIGNING_KEYS);
// The two belong together: in one file neither can be without the other.
keep('mailpit/key-and-certificate.pem', key + certificate);

/** The file appears whole or not at all. */
function keep(name, content) {
  const path = join(folder, name);
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.part`, `${content.trim()}\n`, { mode: 0o600 });
  chmodSync(`${path}.part`, 0o600);
  renameSync(`${path}.part`, path);
  process.stdout.write(`made ${path}\n`);
}
