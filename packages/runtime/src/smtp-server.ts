import { isLoopback } from './config.ts';
import { list, type Variable } from './variable.ts';

/** One mail server, as SMTP_URL names it. */
export interface SmtpServer {
  /** What tells it from others: user, host and port. */
  name: string;
  host: string;
  port: number;
  /** TLS from the first byte. Without it, and off loopback, STARTTLS is required. */
  secure: boolean;
  requireTls: boolean;
  auth?: { user: string; pass: string };
  /** Mails a second, of all workers together. */
  perSecond?: number;
  /** Connections, of all workers together. */
  connections?: number;
}

const limits = { perSecond: 10_000, connections: 10_000 } as const;

/**
 * Reads `smtps://user:password@host:465?perSecond=50&connections=20`.
 *
 * @returns `undefined` for anything else, and for a limit that nobody knows
 */
export function parseSmtpServer(text: string): SmtpServer | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') return undefined;
  const secure = url.protocol === 'smtps:';
  const read: Partial<Record<keyof typeof limits, number>> = {};
  for (const [name, value] of url.searchParams) {
    if (name !== 'perSecond' && name !== 'connections') return undefined;
    const number = /^[1-9]\d{0,4}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number <= limits[name])) return undefined;
    read[name] = number;
  }
  return {
    name: `${url.username}@${url.host}`,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    requireTls: !secure && !isLoopback(url.hostname),
    ...(url.username && { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...read,
  };
}

export const smtpServers: Variable<SmtpServer[]> = {
  name: 'SMTP_URL',
  wants:
    'smtp://… or smtps://…, or several of them, comma-separated, to be tried in order; each may end in ?perSecond=…&connections=…',
  parse: (value) => {
    const servers = list(value).map(parseSmtpServer);
    return servers.length > 0 ? every(servers) : undefined;
  },
  secret: true,
};

/** All of them, unless one is missing. */
function every<T>(values: readonly (T | undefined)[]): T[] | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === values.length ? present : undefined;
}
