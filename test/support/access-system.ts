import { randomInt } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@daypass/tools/ports/free-port';
import { createBrowser, type Browser, type Page } from './browser.ts';
import { startService, untilReached, type ServiceProcess } from './processes.ts';
import { startSystem, type System, type SystemOptions } from './system.ts';
import { codeIn } from './visitor.ts';

/** A Daypass that browsers can find: it listens where its PUBLIC_URL says, and has a file of sites. */
export interface AccessSystem {
  system: System;
  publicUrl: string;
  /** A second API process on the same stores; `url` is its own. */
  second: ServiceProcess;
  browser(): Browser;
  /** Types an address nobody has used before into the page, and the code that it is mailed. */
  logIn(browser: Browser, page: Page, email?: string): Promise<Page>;
  stop(): Promise<void>;
}

/** @param sites the `sites` of the file */
export async function startAccessSystem(sites: object[], options: SystemOptions = {}): Promise<AccessSystem> {
  const dir = await mkdtemp(join(tmpdir(), 'daypass-access-'));
  const file = join(dir, 'sites.json');
  await writeFile(file, JSON.stringify({ sites }));
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const env = { PUBLIC_URL: publicUrl, PORT: String(port), DAYPASS_SITES: file, ...options.env };
  const system = await startSystem({ ...options, env });
  const second = await untilReached(await startService('api', { ...system.env, PORT: '0' }));
  return {
    system,
    publicUrl,
    second,
    browser: () => createBrowser(`10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`),
    async logIn(browser, page, email = newAddress()) {
      const asked = await browser.submit(page, '/address', { email });
      const mail = await system.catcher.waitForMail(({ envelope }) => envelope.to.includes(email), 15_000);
      return browser.submit(asked, '/code', { code: codeIn(mail) });
    },
    async stop() {
      await second.stop();
      await system.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export function newAddress(): string {
  return `visitor.${randomInt(1e12)}@example.com`;
}
