import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../local/runtime/runtime.ts';
import {
  inPhoneState,
  launchBrowser,
  openDemo,
  ring,
  startDemo,
  Tidying,
  violations,
} from '../support/demo-browser.ts';
import { chromium } from '../support/engines.ts';

const executablePath = chromium();
/** What the page asks for waits three days. */
const LIMITS = { perUser: 'off', denialPause: 'off', defaultExpiry: 259_200, expiryLimit: 259_200 };

describe.skipIf(executablePath === undefined)('the inbox of the phone on the demo page', () => {
  let runtime: Runtime;
  let browser: Browser;
  let tidying: Tidying;
  beforeAll(async () => {
    runtime = await startDemo(LIMITS);
    tidying = await Tidying.start(runtime);
    browser = await launchBrowser(executablePath ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await runtime?.close();
  });
  const open = () => openDemo(browser, runtime.url);

  it('has what was set aside, says for how long it waits, and opens it again', async () => {
    const { page, errors } = await open();
    await ring(page);
    expect(await page.textContent('#phone-left')).toBe('2 days 23 h');
    await page.click('#later');
    await inPhoneState(page, 'idle');
    expect(await page.textContent('#phone-inbox')).toMatch(/Harbor.*2 days 23 h/);
    expect(await violations(page)).toEqual([]);
    await page.click('#phone-inbox button');
    await inPhoneState(page, 'request');
    expect(await page.isVisible('#phone-inbox-part')).toBe(false);
    await page.waitForSelector('#approve[aria-disabled="false"]');
    await page.click('#approve');
    await inPhoneState(page, 'sent');
    expect(errors).toEqual([]);
  });

  it('says that the client rings again for what was set aside, too soon at first', async () => {
    const { page, errors } = await open();
    await ring(page);
    await page.click('#later');
    await inPhoneState(page, 'idle');
    await page.click('#resend');
    await page.waitForSelector('#resend-note:has-text("Too soon: the client may ring again in")');
    runtime.advance(45);
    await page.click('#resend');
    await page.waitForSelector('#resend-note:has-text("The phone rang again. The client may do that 2 more times.")');
    await page.waitForSelector('#phone-notice:has-text("It rings again.")');
    await page.waitForSelector('[data-step="resend"][data-state="done"]');
    expect(await violations(page)).toEqual([]);
    await page.click('#phone-inbox button');
    await page.waitForSelector('#approve[aria-disabled="false"]');
    await page.click('#approve');
    await inPhoneState(page, 'sent');
    expect(errors.filter((error) => !error.includes('403'))).toEqual([]);
  });

  it('loses what was answered on another phone', async () => {
    const { page } = await open();
    await ring(page);
    await page.click('#later');
    await inPhoneState(page, 'idle');
    await tidying.denyAll();
    await page.click('#phone-check');
    await page.waitForSelector('#phone-inbox-part', { state: 'hidden' });
    expect(await page.textContent('#phone-notice')).toBe('No request is waiting for you.');
  });

  // Last: the phone in the browser keeps its own clock.
  it('says that little time is left, an hour before the end of what was set aside', async () => {
    const { page } = await open();
    await ring(page);
    await page.click('#later');
    await inPhoneState(page, 'idle');
    const { calls } = runtime.aws;
    const sent = () => calls.findLastIndex(({ action }) => action === 'SendMessage');
    // The message of the reminder waits: it was sent again, and the one before it is gone.
    await expect
      .poll(() => sent() >= 0 && calls.slice(sent()).some(({ action }) => action === 'DeleteMessage'))
      .toBe(true);
    runtime.advance(71 * 3600);
    await page.waitForSelector('#phone-notice:has-text("Little time is left to answer.")');
    await page.waitForSelector('[data-step="remind"][data-state="done"]');
    expect(await violations(page)).toEqual([]);
  });
});
