import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newAddress } from '../support/access-system.ts';
import { findBarriers, picture } from '../support/chromium.ts';
import { elementOn, expectStep } from '../support/element.ts';
import { appCode, startHostedSystem, type HostedSystem } from '../support/hosted-system.ts';
import { findPhoneTools, type PhoneTools } from '../support/phone-tools.ts';

let at: HostedSystem;
let phone: PhoneTools;
beforeAll(async () => {
  phone = await findPhoneTools();
  at = await startHostedSystem();
});
afterAll(() => at?.stop());

describe('an authenticator app, in a browser', () => {
  test('is set up from the screen, asked for first, and replaced by a recovery code', async () => {
    const page = await at.open('?site=shop');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await expectStep(page, 'address');
    const email = newAddress();
    await elementOn(page).askFor(email);
    await elementOn(page).type(await at.codeFor(email));
    await page.waitForURL('**/login/done');
    const { subject } = await at.holderIn(page);

    await page.getByRole('button', { name: /set up an authenticator app/ }).click();
    await page.locator('.qr').waitFor();
    await picture(page, 'hosted-enrol');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const secret = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(await phone.readPng(await page.locator('.qr').screenshot())).toContain(`secret=${secret}`);

    await page.getByLabel('Code from the app').fill('000000');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('alert').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('Code from the app').fill(await appCode(secret));
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.getByText('Keep these recovery codes').waitFor();
    await picture(page, 'hosted-recovery-codes');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save as a file' }).click()]);
    expect(download.suggestedFilename()).toBe('shop-recovery-codes.txt');
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(true);
    const codes = await page.locator('.codes code').allTextContents();
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.waitForURL('**/login/done');
    expect(at.violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'End my pass', exact: true }).click();
    await page.waitForURL('**/login/ended');
    await at.again(page, '?site=shop');
    await expectStep(page, 'totp');
    await picture(page, 'hosted-app');
    await elementOn(page).input.fill(await appCode(secret, 30));
    await page.waitForURL('**/login/done');
    expect(await at.holderIn(page)).toMatchObject({ subject, methods: ['otp'] });

    await page.getByRole('button', { name: 'End my pass', exact: true }).click();
    await page.waitForURL('**/login/ended');
    await at.again(page, '?site=shop');
    await expectStep(page, 'totp');
    await elementOn(page).action('Use a recovery code').click();
    await expectStep(page, 'recovery');
    await elementOn(page).type(codes[3] ?? '');
    await page.waitForURL('**/login/done');
    expect(await at.holderIn(page)).toMatchObject({ subject, methods: ['otp'] });
  });

  test('is set up on the way where a site asks for both', async () => {
    const page = await at.open('?site=strict', { colorScheme: 'dark' });
    await expectStep(page, 'address');
    const email = newAddress();
    await elementOn(page).askFor(email);
    await elementOn(page).type(await at.codeFor(email));
    await page.getByText('This site asks for an authenticator app too').waitFor();
    await picture(page, 'hosted-both');
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    const secret = (await page.locator('#secret').textContent()) ?? '';
    await picture(page, 'hosted-enrol-dark');
    await page.getByLabel('Code from the app').fill(await appCode(secret));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'I have kept them' }).click();
    await page.waitForURL('**/login/done');
    expect(await at.holderIn(page)).toMatchObject({ site: 'strict', methods: ['otp', 'email'] });
  });
});
