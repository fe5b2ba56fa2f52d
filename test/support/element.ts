import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The element, as somebody in front of the screen knows it. Locators look into its shadow. */
export interface ElementOnPage {
  title: Locator;
  input: Locator;
  submit: Locator;
  error: Locator;
  status: Locator;
  action(name: string | RegExp): Locator;
  /** Types an address and has a code sent. */
  askFor(email: string): Promise<void>;
  type(code: string): Promise<void>;
  /** The grant that the page was told of, if it was. */
  granted(): Promise<{ accessToken: string; site: string } | undefined>;
}

export function elementOn(page: Page): ElementOnPage {
  const inside = page.locator('day-pass');
  const element: ElementOnPage = {
    title: inside.getByRole('heading'),
    input: inside.getByRole('textbox'),
    submit: inside.locator('button[type=submit]'),
    error: inside.getByRole('alert'),
    status: inside.getByRole('status'),
    action: (name) => inside.locator('.actions').getByRole('button', { name }),
    async askFor(email) {
      await element.input.fill(email);
      await element.submit.click();
      await expectStep(page, 'code');
    },
    async type(code) {
      await element.input.pressSequentially(code);
      await element.submit.click();
    },
    granted: () => page.evaluate('window.granted'),
  };
  return element;
}

const fieldOf = { address: 'email', code: 'one-time-code', totp: 'one-time-code', recovery: 'recovery-code' };

/** Waits until the field of a step is there. */
export async function expectStep(page: Page, step: keyof typeof fieldOf | 'done'): Promise<void> {
  if (step === 'done') await page.locator('day-pass form').waitFor({ state: 'hidden' });
  else await page.locator(`day-pass #day-pass-${step}[name=${fieldOf[step]}]:not([readonly])`).waitFor();
}

/** What the keyboard is on: the accessible name is for people, so it is told by what it is. */
export async function focused(page: Page): Promise<string> {
  const told = await page.evaluate(`(() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at === null ? '' : (at.id || at.dataset.way || at.className || at.tagName.toLowerCase());
  })()`);
  expect(typeof told).toBe('string');
  return told as string;
}
