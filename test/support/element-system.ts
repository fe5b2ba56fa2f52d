import { randomInt } from 'node:crypto';
import type { CaughtMail } from '@daypass/tools/catcher/start-catcher';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from './chromium.ts';
import { expectStep } from './element.ts';
import { openPage, startSiteServer, type PageOptions } from './site-page.ts';
import { createSitesFile, sitesText } from './sites-file.ts';
import { startSystem, type System } from './system.ts';
import { codeIn } from './visitor.ts';

/** A Daypass, a site with pages that have the element, and browsers to open them in. */
export interface ElementSystem {
  system: System;
  /** Opens such a page, in a browser of somebody's own; `undefined` opens none yet. */
  load(options?: PageOptions, context?: BrowserContextOptions): Promise<Page>;
  /** The same, and waits until the element asks for an address. */
  open(options?: PageOptions, context?: BrowserContextOptions): Promise<Page>;
  blank(): Promise<Page>;
  url(options?: PageOptions): string;
  mailTo(email: string): Promise<CaughtMail>;
  codeFor(email: string): Promise<string>;
  /** What the API says of a pass. */
  holderOf(accessToken: string | undefined): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

export const someone = (): string => `visitor.${randomInt(1e9)}@example.com`;

export async function startElementSystem(): Promise<ElementSystem> {
  const server = await startSiteServer();
  const origins = [server.origin];
  const file = await createSitesFile(
    sitesText([
      { id: 'default', name: 'The Shop', origins },
      { id: 'digits', name: 'The Shop', origins, code: { alphabet: 'numeric', length: 6 } },
      { id: 'proven', name: 'The Shop', origins, proofOfWork: 'always' },
    ]),
  );
  const [system, browser] = await Promise.all([startSystem({ env: { DAYPASS_SITES: file.path } }), startChromium()]);
  const api = system.apis[0]?.url ?? '';
  const mailTo = (email: string) => system.catcher.waitForMail((mail) => mail.envelope.to.includes(email), 15_000);
  const url = (options?: PageOptions) => server.url(api, options);
  const load = (options?: PageOptions, context?: BrowserContextOptions) => openPage(browser, url(options), context);

  return {
    system,
    url,
    load,
    async open(options, context) {
      const page = await load(options, context);
      await expectStep(page, 'address');
      return page;
    },
    blank: () => openPage(browser, 'about:blank'),
    mailTo,
    codeFor: async (email) => codeIn(await mailTo(email)),
    async holderOf(accessToken = '') {
      const answer = await fetch(`${api}/v1/pass`, { headers: { authorization: `Bearer ${accessToken}` } });
      return (await answer.json()) as Record<string, unknown>;
    },
    async stop() {
      await browser.close();
      await system.stop();
      await file.remove();
      await server.stop();
    },
  };
}
