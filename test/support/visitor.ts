import { randomInt } from 'node:crypto';
import type { Catcher, CaughtMail } from '@daypass/tools/catcher/start-catcher';

/** An answer of the API, with its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  // A test looks at whatever came back.
  body: Record<string, unknown>;
  text: string;
}

export interface Visitor {
  ip: string;
  email: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Asks for a code and returns the challenge id. */
  ask(): Promise<string>;
  /** The mail that brought the code, and the code as it is printed there. */
  mail(): Promise<CaughtMail>;
  code(): Promise<string>;
  verify(id: string, code: string): Promise<Answer>;
}

const mailDeadlineMs = 15_000;
const requestDeadlineMs = 10_000;
let visitors = 0;

/** Each visitor has an address and, if none is given, a network of their own, so that no limit of one meets another. */
export function createVisitor(url: string, catcher: Catcher, ip = anyNetwork()): Visitor {
  visitors += 1;
  const email = `visitor${visitors}.${randomInt(1e9)}@example.com`;

  async function send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(requestDeadlineMs),
      headers: { 'x-forwarded-for': ip, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json ? (JSON.parse(text) as Record<string, unknown>) : {},
      text,
    };
  }

  const visitor: Visitor = {
    ip,
    email,
    get: (path, headers = {}) => send('GET', path, undefined, headers),
    post: (path, body, headers = {}) => send('POST', path, body, headers),
    delete: (path, headers = {}) => send('DELETE', path, undefined, headers),
    async ask() {
      const { status, body, text } = await visitor.post('/v1/codes', { email });
      if (status !== 202) throw new Error(`no code for ${email}: ${status} ${text}`);
      return String(body['id']);
    },
    mail: () => catcher.waitForMail((mail) => mail.envelope.to.includes(email), mailDeadlineMs),
    async code() {
      return codeIn(await visitor.mail());
    },
    verify: (id, code) => visitor.post(`/v1/codes/${id}/verify`, { code }),
  };
  return visitor;
}

function anyNetwork(): string {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
}

/** The code of a mail: alone on its line. */
export function codeIn(mail: CaughtMail): string {
  const code = /^[0-9A-Z]{4}-[0-9A-Z]{4}$/m.exec(mail.text)?.[0];
  if (code === undefined) throw new Error(`no code in the mail:\n${mail.text}`);
  return code;
}
