import { Resolver } from 'node:dns/promises';
import type { Sender } from '@daypass/core/address/parse-sender';
import type { Logger } from '@daypass/runtime/logger';
import { ConfigurationError } from '@daypass/runtime/read-environment';
import type { ComposedMail } from '../compose/compose-mail.ts';
import { checkDkim } from '@daypass/core/dkim/check-dkim';
import { parseDkimKey } from '@daypass/core/dkim/dkim-key';
import { signDkim } from './sign-dkim.ts';

const dnsTimeoutMs = 3_000;

/**
 * Signs mails from the domains that are named, and from those below them; the rest is left to whoever relays it. Without
 * a key nothing is signed.
 *
 * @throws ConfigurationError when DNS publishes another key, or none: every mail would look forged
 */
export async function startDkim(
  config: { dkimKey: string; dkimSelector: string; dkimDomains: string[]; dnsServers: string[]; mailFrom: Sender },
  log: Logger,
): Promise<(mail: ComposedMail) => ComposedMail | Promise<ComposedMail>> {
  if (config.dkimKey === '') return (mail) => mail;
  const key = parseDkimKey(config.dkimSelector, config.dkimKey);
  const domains = config.dkimDomains.length > 0 ? config.dkimDomains : [config.mailFrom.domain];
  const resolver = new Resolver({ timeout: dnsTimeoutMs, tries: 2 });
  if (config.dnsServers.length > 0) resolver.setServers(config.dnsServers);

  const findings = await Promise.all(domains.map((domain) => checkDkim(domain, key, (name) => resolver.resolveTxt(name))));
  const wrong = findings.filter((finding) => finding.found === 'wrong').map(({ problem }) => `DKIM: ${problem}.`);
  if (wrong.length > 0) throw new ConfigurationError(wrong);
  for (const finding of findings) if (finding.found === 'unknown') log.warn({ problem: finding.problem }, 'dkim key not compared with DNS');

  return async (mail) => {
    const from = mail.from.slice(mail.from.lastIndexOf('@') + 1).toLowerCase();
    // RFC 7489 §3.1.1: a signature of the domain, or of one above it, is what DMARC asks for.
    const domain = domains.find((name) => from === name || from.endsWith(`.${name}`));
    return domain === undefined ? mail : { ...mail, raw: await signDkim(mail.raw, domain, key) };
  };
}
