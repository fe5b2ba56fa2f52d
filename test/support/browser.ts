import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text as textOf } from 'node:stream/consumers';

/** A page as a browser without JavaScript has it. */
export interface Page {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  /** Every address that led here, the first one first. */
  way: string[];
}

export interface Browser {
  /** Opens a page as if its address had been typed, and follows every redirect. */
  open(url: string, headers?: Record<string, string>): Promise<Page>;
  /** Sends the form of a page whose action ends so, with these fields filled in. */
  submit(page: Page, action: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  /** What a script of a page would get: no redirect is followed. */
  fetch(url: string, init?: Sending): Promise<Page>;
  /** The cookies of a host, by name. */
  cookies(url: string): Map<string, string>;
}

interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const maxRedirects = 15;
const deadlineMs = 10_000;

/** Keeps cookies by host, sends what browsers send, and stops at what their rules for forms would stop. */
export function createBrowser(ip?: string): Browser {
  const jars = new Map<string, Map<string, string>>();
  const jar = (url: string) => {
    const { hostname } = new URL(url);
    const found = jars.get(hostname) ?? new Map<string, string>();
    jars.set(hostname, found);
    return found;
  };

  // Not by fetch, which says of itself what it is (Sec-Fetch-Mode: cors), whatever it is told to say.
  async function send(url: string, { method = 'GET', headers: given, body }: Sending, way: string[]): Promise<Page> {
    const cookie = [...jar(url)].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie && { cookie }), ...(ip !== undefined && { 'x-forwarded-for': ip }), ...given };
    const asked = request(url, { method, headers, signal: AbortSignal.timeout(deadlineMs) }).end(body);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    for (const line of response.headers['set-cookie'] ?? []) keep(jar(url), line);
    const answered = new Headers();
    for (const [name, value] of Object.entries(response.headers)) answered.set(name, String(value));
    return { url, status: response.statusCode ?? 0, headers: answered, text: await textOf(response), way: [...way, url] };
  }

  async function follow(first: Page, init: Sending, mayGoTo: (origin: string) => boolean = () => true): Promise<Page> {
    let page = first;
    for (let count = 0; page.status >= 300 && page.status < 400; count += 1) {
      if (count === maxRedirects) throw new Error(`too many redirects: ${page.way.join(' ')}`);
      const next = new URL(page.headers.get('location') ?? '', page.url);
      if (!mayGoTo(next.origin)) throw new Error(`the policy of the form does not let it lead to ${next.origin}`);
      page = await send(next.href, init, page.way);
    }
    return page;
  }

  const navigation = { accept: 'text/html,application/xhtml+xml', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  return {
    async open(url, headers = {}) {
      const init = { headers: { ...navigation, 'sec-fetch-site': 'none', ...headers } };
      return follow(await send(url, init, []), init);
    },
    async submit(page, action, fields = {}, headers = {}) {
      const form = [...page.text.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs)].find(([, to]) => to?.endsWith(action));
      if (!form) throw new Error(`no form ${action} in: ${page.text}`);
      const hidden = [...(form[2] ?? '').matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
      const policy = /form-action ([^;]*)/.exec(page.headers.get('content-security-policy') ?? '')?.[1]?.split(' ') ?? [];
      const { origin } = new URL(page.url);
      const body = new URLSearchParams([...hidden, ...Object.entries(fields)] as [string, string][]).toString();
      const own = { ...navigation, 'sec-fetch-site': 'same-origin' };
      const posted = await send(
        new URL(form[1] ?? '', page.url).href,
        { method: 'POST', body, headers: { ...own, 'content-type': 'application/x-www-form-urlencoded', origin, ...headers } },
        [],
      );
      return follow(posted, { headers: own }, (to) => to === origin || policy.includes(to));
    },
    fetch: (url, init = {}) => send(url, { ...init, headers: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-site': 'same-origin', ...init.headers } }, []),
    cookies: jar,
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const [name = '', ...value] = pair.split('=');
  const over = attributes.some((attribute) => /^max-age=0$/i.test(attribute) || /^expires=thu, 01 jan 1970/i.test(attribute));
  if (over) cookies.delete(name);
  else cookies.set(name, value.join('='));
}
