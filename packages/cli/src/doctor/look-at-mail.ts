import type { Resolver } from 'node:dns/promises';
import type { Sender } from '@daypass/core/address/parse-sender';
import { checkDkim } from '@daypass/core/dkim/check-dkim';
import { parseDkimKey } from '@daypass/core/dkim/dkim-key';
import type { SmtpServer } from '@daypass/runtime/smtp-server';
import { createTransport } from 'nodemailer';
import { fail, ok, warn, type Finding } from './finding.ts';

const deadlineMs = 10_000;

/** Connects, does TLS and signs in, as a worker would; with `to`, mails something there. */
export async function lookAtSmtp(server: SmtpServer, place: number, from: Sender, to: string | undefined): Promise<Finding[]> {
  const what = `mail server ${place}`;
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    ...(server.auth && { auth: server.auth }),
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
  });
  try {
    await transport.verify();
  } catch (error) {
    return [fail(what, `not usable (${codeOf(error)})`, adviceFor(codeOf(error)))];
  }
  const encrypted = server.secure || server.requireTls;
  const findings = [encrypted ? ok(what, 'connects, with TLS') : warn(what, 'connects, without TLS', 'that is for a server on this machine only')];
  if (to === undefined) return findings;
  const sent = await transport
    .sendMail({ from: { name: from.name, address: from.address }, to: { name: '', address: to }, subject: 'A test of Daypass', text: 'Mails get here.\n' })
    .then(() => ok(`${what}, test mail`, 'accepted'))
    .catch((error: unknown) => fail(`${what}, test mail`, `refused (${codeOf(error)})`, 'may this server send from MAIL_FROM?'));
  return [...findings, sent];
}

/** What receivers look up before they believe a sender: SPF, DKIM, DMARC (RFC 7208, 6376, 7489). */
export async function lookAtSender(
  sender: Sender,
  dkim: { dkimKey: string; dkimSelector: string; dkimDomains: string[] },
  resolver: Pick<Resolver, 'resolveTxt'>,
): Promise<Finding[]> {
  const { domain } = sender;
  if (domain === 'localhost') return [warn('sender', 'MAIL_FROM is at localhost', 'set MAIL_FROM to an address of a domain of yours')];
  const txt = async (name: string) => (await resolver.resolveTxt(name).catch(() => [])).map((pieces) => pieces.join(''));
  const spf = (await txt(domain)).find((record) => /^v=spf1\b/i.test(record));
  const dmarc = (await txt(`_dmarc.${domain}`)).find((record) => /^v=DMARC1\b/i.test(record));
  const findings = [
    spf ? ok('sender SPF', `${domain} has a record`) : warn('sender SPF', `${domain} has none`, 'publish which servers may send for it'),
    dmarc ? ok('sender DMARC', /\bp=(\w+)/i.exec(dmarc)?.[1] ?? 'a record') : warn('sender DMARC', `${domain} has none`, 'publish one at _dmarc: large receivers want it'),
  ];
  if (dkim.dkimKey === '') return [...findings, warn('sender DKIM', 'mails are not signed here', 'set DKIM_KEY, unless your relay signs')];
  const key = parseDkimKey(dkim.dkimSelector, dkim.dkimKey);
  const domains = dkim.dkimDomains.length > 0 ? dkim.dkimDomains : [domain];
  for (const each of domains) {
    const finding = await checkDkim(each, key, (name) => resolver.resolveTxt(name));
    if (finding.found === 'right') findings.push(ok('sender DKIM', `DNS has the key for ${each}`));
    else findings.push((finding.found === 'wrong' ? fail : warn)('sender DKIM', finding.problem, 'the worker compares them when it starts'));
  }
  if (!domains.some((each) => domain === each || domain.endsWith(`.${each}`))) {
    findings.push(fail('sender DKIM', `no domain of DKIM_DOMAINS is that of MAIL_FROM`, 'DMARC wants them to agree'));
  }
  return findings;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'failed';
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || 'failed';
}

function adviceFor(code: string): string {
  if (code.startsWith('EAUTH')) return 'check user and password in SMTP_URL';
  if (code.startsWith('ETLS')) return 'the server offers no TLS, or a certificate that is not believed';
  if (code.startsWith('EDNS')) return 'the name in SMTP_URL is not known';
  return 'check host, port and firewall';
}
