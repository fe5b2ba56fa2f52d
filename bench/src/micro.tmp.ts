import { randomBytes, randomFillSync, createHmac, createCipheriv, createSecretKey, hash } from 'node:crypto';
import { makeSecrets } from '@daypass/core/keys/make-secrets';
import { parseIndexKey } from '@daypass/core/keys/index-key';
import { parseSealingKeys } from '@daypass/core/keys/sealing-keys';
import { makeChallengeId, siteTagOf } from '@daypass/core/keys/challenge-id';
import { digestAddress } from '@daypass/core/keys/digest-address';
import { networkLimit } from '@daypass/core/limits/policy';
import { generateCode, defaultCodeFormat } from '@daypass/core/codes/code-format';
import { sealCode } from '@daypass/core/codes/code-envelope';
import { parseAddress } from '@daypass/core/address/parse-address';
const s = makeSecrets(new Date(), randomBytes); const ik = parseIndexKey(s.DAYPASS_INDEX_KEY), sk = parseSealingKeys(s.DAYPASS_SECRETS);
let pool = Buffer.alloc(8192), at = 8192;
const pooled = (n: number) => { if (at + n > 8192) { pool = randomBytes(8192); at = 0; } const r = pool.subarray(at, at + n); at += n; return r; };
const k = createSecretKey(randomBytes(32)); const kb = randomBytes(32);
const now = new Date(); const id = makeChallengeId(ik, '00000000', now, randomBytes);
const b26 = randomBytes(26), b16 = randomBytes(16);
const cases: Record<string, () => unknown> = {
  'randomBytes(16)': () => randomBytes(16),
  'pooled(16)': () => pooled(16),
  makeChallengeId: () => makeChallengeId(ik, '00000000', now, randomBytes),
  'makeChallengeId pooled': () => makeChallengeId(ik, '00000000', now, pooled),
  siteTagOf: () => siteTagOf('default'),
  digestAddress: () => digestAddress(ik, 'visitor12345@example.com'),
  networkLimit: () => networkLimit(ik, '10.1.2.3'),
  generateCode: () => generateCode(defaultCodeFormat, randomBytes),
  'generateCode pooled': () => generateCode(defaultCodeFormat, pooled),
  sealCode: () => sealCode(sk, { site: 'default', id, issuedAt: now }, { address: 'visitor12345@example.com', code: 'ABCDEFGH' }, randomBytes),
  'sealCode pooled': () => sealCode(sk, { site: 'default', id, issuedAt: now }, { address: 'visitor12345@example.com', code: 'ABCDEFGH' }, pooled),
  parseAddress: () => parseAddress('visitor12345@example.com'),
  'hmac256 KeyObject': () => createHmac('sha256', k).update(b26).digest(),
  'hmac256 string': () => createHmac('sha256', k).update('abcdefghijklmnopqrstuvwxyz').digest(),
  'hmac256 to base64url': () => createHmac('sha256', k).update('abcdefghijklmnopqrstuvwxyz').digest('base64url'),
  'hmac512 KeyObject': () => createHmac('sha512', k).update(b16).digest(),
  'hmac256 Buffer': () => createHmac('sha256', kb).update(b26).digest(),
  'gcm create buf key': () => createCipheriv('aes-256-gcm', kb, b16.subarray(0, 12), { authTagLength: 16 }),
  'gcm all': () => { const c = createCipheriv('aes-256-gcm', kb, b16.subarray(0, 12), { authTagLength: 16 }); c.setAAD(b26); const x=[c.update(b26), c.final(), c.getAuthTag()]; return x; },
  'hash sha256': () => hash('sha256', 'default'),
};
for (let round = 0; round < 2; round++) for (const [n, f] of Object.entries(cases)) {
  const N = 30000; let best = Infinity;
  for (let r = 0; r < 5; r++) { const t = process.cpuUsage(); for (let i = 0; i < N; i++) f(); const u = process.cpuUsage(t); best = Math.min(best, (u.user + u.system) / N); }
  if (round) console.log(n.padEnd(26), best.toFixed(2), 'µs');
}
