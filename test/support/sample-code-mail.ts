import type { CodeMail } from '@daypass/core/codes/issue-code';
import { builtInSite } from '@daypass/core/sites/site';

/** The first mail of a challenge at the built-in site, as the worker hands it over. */
export const sampleCodeMail: CodeMail = {
  id: 'challenge',
  send: 1,
  site: builtInSite([]),
  issuedAt: new Date('2026-01-01T12:00:00Z'),
  addressDigest: 'digest',
  envelope: { address: 'ada@example.com', code: '7Q4MZ0XK' },
};
