import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findOnPath } from '@daypass/tools/processes/find-on-path';
import { chromium, type Browser, type Page } from 'playwright-core';

const resultsDir = join(import.meta.dirname, '../../test-results');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Debian's Chromium, or the one that CHROMIUM names. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? findOnPath('chromium') ?? 'chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

interface Looking {
  /** Barriers that are not to be found there: those of a page that is none, such as a mail. */
  except?: RegExp;
  /** The page may run no scripts. */
  plain?: boolean;
}

/** A picture for people to look at, under test-results/. Throws if the page, as it is in that picture, keeps people out. */
export async function picture(page: Page, name: string, { except, plain = false }: Looking = {}): Promise<void> {
  mkdirSync(resultsDir, { recursive: true });
  await page.screenshot({ path: join(resultsDir, `${name}.png`), animations: 'disabled', fullPage: true });
  const found = await (plain ? findBarriersInTwin(page) : findBarriers(page));
  const barriers = found.filter((barrier) => !except?.test(barrier));
  if (barriers.length > 0) throw new Error(`${name}.png has barriers:\n${barriers.join('\n')}`);
}

/** What axe-core finds in a page that may run no scripts, not even its: in the same page, shown elsewhere with its own scripts shut out. */
async function findBarriersInTwin(page: Page): Promise<string[]> {
  const html = (await page.content()).replaceAll(/<\/?noscript>/g, '');
  const context = await page.context().browser()?.newContext({ viewport: page.viewportSize() });
  const twin = await context?.newPage();
  if (!context || !twin) throw new Error('there is no browser to show the page in');
  try {
    await twin.route('**/*', (route) => {
      if (route.request().isNavigationRequest()) return route.fulfill({ contentType: 'text/html', body: html });
      return route.request().resourceType() === 'script' ? route.abort() : route.continue();
    });
    await twin.goto(page.url());
    return await findBarriers(twin);
  } finally {
    await context.close();
  }
}

/** What axe-core finds wrong with the page as it is now, WCAG 2.2 AA: one line each. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  const { violations } = found as { violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[] };
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary}`));
}
