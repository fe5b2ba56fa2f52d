import { generate } from 'otplib';
import type { CaughtMail } from '@daypass/tools/catcher/start-catcher';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startAccessSystem, type AccessSystem } from './access-system.ts';
import { startChromium } from './chromium.ts';
import type { SystemOptions } from './system.ts';
import { codeIn } from './visitor.ts';

const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 56"><rect width="56" height="56" rx="14" fill="#0a6b4b"/><path d="M16 18h24l-3 22H19z" fill="#fff"/><path d="M22 18c0-9 12-9 12 0" fill="none" stroke="#fff" stroke-width="3"/><text x="70" y="38" font-family="sans-serif" font-size="26" font-weight="700" fill="#0a6b4b">Shop</text></svg>';

/** A Daypass with hosted pages, and browsers to open them in. */
export interface HostedSystem {
  access: AccessSystem;
  browser: Browser;
  /** Opens the hosted page of a site, in a browser of somebody's own. */
  open(query?: string, context?: BrowserContextOptions): Promise<Page>;
  /** The same page again, in this browser. */
  again(page: Page, query?: string): Promise<void>;
  mailTo(email: string): Promise<CaughtMail>;
  codeFor(email: string): Promise<string>;
  /** Whom the cookie of this browser stands for. */
  holderIn(page: Page): Promise<Record<string, unknown>>;
  /** What the page did that its policy forbids. */
  violations(page: Page): string[];
  stop(): Promise<void>;
}

/** What an app shows, now or some seconds later. */
export const appCode = (secret: string, laterSeconds = 0): Promise<string> =>
  generate({ secret: secret.replaceAll(' ', ''), epoch: Math.floor(Date.now() / 1000) + laterSeconds });

export async function startHostedSystem(options: SystemOptions & { redirectUris?: string[] } = {}): Promise<HostedSystem> {
  const { redirectUris = [], ...system } = options;
  const embedded = `data:image/svg+xml;base64,${Buffer.from(logo).toString('base64')}`;
  const [access, browser] = await Promise.all([
    startAccessSystem(
      [
        { id: 'default', name: 'The Reading Room' },
        { id: 'shop', name: 'The Shop', colour: '#0a6b4b', logo: embedded, redirectUris },
        { id: 'yellow', name: 'Yellow', colour: '#ffd000' },
        { id: 'strict', name: 'The Vault', methods: 'both' },
        { id: 'proven', name: 'Proven', proofOfWork: 'always' },
      ],
      system,
    ),
    startChromium(),
  ]);
  const violated = new WeakMap<Page, string[]>();
  const url = (query = '') => `${access.publicUrl}/login${query}`;
  const mailTo = (email: string) => access.system.catcher.waitForMail((mail) => mail.envelope.to.includes(email), 15_000);

  return {
    access,
    browser,
    async open(query, { locale = 'en-GB', ...context } = {}) {
      const page = await (await browser.newContext({ locale, ...context })).newPage();
      const lines: string[] = [];
      violated.set(page, lines);
      page.on('console', (message) => message.type() === 'error' && /Content Security Policy|Refused/.test(message.text()) && lines.push(message.text()));
      await page.goto(url(query));
      return page;
    },
    again: async (page, query) => void (await page.goto(url(query))),
    mailTo,
    codeFor: async (email) => codeIn(await mailTo(email)),
    async holderIn(page) {
      const answer = await page.context().request.get(`${access.publicUrl}/v1/pass`);
      return (await answer.json()) as Record<string, unknown>;
    },
    violations: (page) => violated.get(page) ?? [],
    async stop() {
      await browser.close();
      await access.stop();
    },
  };
}
