import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page of a site's own, with the element in it. */
export interface PageOptions {
  /** Attributes of the element. */
  attributes?: Record<string, string>;
  /** Allows what the element needs, and nothing else. */
  strict?: boolean;
  /** Styles everything the way nobody should. */
  hostile?: boolean;
  lang?: string;
}

export interface SiteServer {
  origin: string;
  url(api: string, options?: PageOptions): string;
  stop(): Promise<void>;
}

const hostileStyle = `
* { color: lime !important; font: italic 40px/3 fantasy !important; letter-spacing: 1em !important; text-transform: uppercase !important; text-align: right !important; }
main *, main *::before { position: static !important; margin: 50px !important; padding: 50px !important; border: 9px dotted red !important; }
input, button, form, label, p, h2, svg { display: none !important; visibility: hidden !important; }
body { direction: rtl; cursor: none; }
day-pass { all: unset; display: inline !important; }
`;

const script = `
addEventListener('daypass:granted', ({ detail, target }) => {
  window.granted = detail;
  document.querySelector('h1').textContent = 'Welcome';
});
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  (window.violations ??= []).push(violatedDirective + ' ' + blockedURI);
});
`;

/** Serves such pages, from an origin of its own. */
export async function startSiteServer(): Promise<SiteServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    const send = (type: string, text: string) => response.setHeader('content-type', `${type}; charset=utf-8`).end(text);
    if (url.pathname === '/page.js') return send('text/javascript', script);
    if (url.pathname === '/hostile.css') return send('text/css', hostileStyle);
    if (url.pathname !== '/') return void response.writeHead(204).end();

    const { api, attributes = {}, strict, hostile, lang = 'en' } = JSON.parse(url.searchParams.get('page') ?? '{}') as PageOptions & { api: string };
    const policy = `default-src 'none'; script-src 'self' ${api}; connect-src ${api}; style-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
    if (strict) response.setHeader('content-security-policy', policy);
    const given = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`).join('');
    return send(
      'text/html',
      `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>The Shop</title><script type="module" src="/page.js"></script>
<script type="module" src="${api}/day-pass.js"></script>
<link rel="stylesheet" href="${hostile ? '/hostile.css' : 'data:text/css,main%7Bdisplay:grid;justify-items:center;font-family:system-ui;padding:24px%20max(16px,4vw)%7Dbody%7Bmargin:0%7D'}"></head>
<body><main><h1>The Shop</h1><day-pass${given}></day-pass></main></body></html>`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: (api, options = {}) => `${origin}/?page=${encodeURIComponent(JSON.stringify({ api, ...options }))}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A browser of somebody's own, at a network address of their own. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const ip = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  const context = await browser.newContext({
    viewport: { width: 720, height: 640 },
    deviceScaleFactor: 2,
    locale: 'en-GB',
    ...options,
  });
  context.setDefaultTimeout(15_000);
  // A header of the page's own would ask the API for leave; this one a proxy in front of it would have added.
  await context.route(/127\.0\.0\.1/, (route) => route.continue({ headers: { ...route.request().headers(), 'x-forwarded-for': ip } }));
  const page = await context.newPage();
  await page.goto(url);
  return page;
}
