import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../local/runtime/runtime.ts';
import {
  inPhoneState,
  inState,
  launchBrowser,
  openDemo,
  reachLimit,
  ring,
  startDemo,
} from '../support/demo-browser.ts';
import { chromium } from '../support/engines.ts';

const executablePath = chromium();
const FREE = { perUser: 'off', denialPause: 'off', interval: 1 };

/** What the demo page says when the provider is gone, and when it lets nobody be asked. */
describe.skipIf(executablePath === undefined)('the demo page in a browser, when something is in the way', () => {
  let runtime: Runtime;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser(executablePath ?? '');
  });
  afterEach(() => runtime?.close());
  afterAll(() => browser?.close());

  it('the provider is gone while the phone rings: desk, phone and lanes say so at once, and all go on by themselves', async () => {
    runtime = await startDemo(FREE);
    const port = Number(new URL(runtime.url).port);
    const { page } = await openDemo(browser, runtime.url);
    await ring(page);
    await runtime.close();
    await inState(page, 'unreachable');
    expect(await page.textContent('#waiting-text')).toContain('npm start');
    await page.waitForSelector('#phone[data-connection="lost"] .lost');
    expect(await page.isVisible('.flow .lost')).toBe(true);
    await page.click('#approve');
    await page.waitForSelector('#phone-unsent:has-text("Not sent")');

    runtime = await startDemo(FREE, port);
    // Its state was in memory: the request is gone, and the phone enrols again.
    await inState(page, 'gone');
    await inPhoneState(page, 'idle');
    expect(await page.isHidden('.flow .lost')).toBe(true);
    await page.click('#ask-again');
    await ring(page);
    await page.click('#approve');
    await inState(page, 'approved');
  });

  it('the provider is gone before anybody asks: the form comes back by itself', async () => {
    runtime = await startDemo(FREE);
    const port = Number(new URL(runtime.url).port);
    const { page } = await openDemo(browser, runtime.url);
    await runtime.close();
    await inState(page, 'unreachable');
    await page.click('#ask');
    await inState(page, 'refused');
    expect(await page.textContent('#ending-title')).toBe('The provider does not answer');
    runtime = await startDemo(FREE, port);
    await inState(page, 'idle');
    await inPhoneState(page, 'idle');
    await ring(page);
    await page.click('#deny');
    await inState(page, 'denied');
  });

  it('says in words that a user was asked too often, and when and how to go on', async () => {
    runtime = await startDemo({ perUser: { perMinute: 1000, perHour: 1 }, denialPause: 'off', interval: 1 });
    const { page } = await openDemo(browser, runtime.url);
    await reachLimit(page);
    expect(await page.textContent('#ending-title')).toBe('Ana is left in peace');
    expect(await page.textContent('#ending-text')).toMatch(
      /^Ana was asked .+\. Ask again at \d\d:\d\d(:\d\d)?, or restart with npm start -- --port \d+ --limits off\. No phone rang\.$/,
    );
  });

  it('says after a denial that the client has to leave the user in peace', async () => {
    // Long enough for a busy machine, and short enough that the end is told in seconds.
    runtime = await startDemo({ denialPause: { first: 59, longest: 59 }, interval: 1 });
    const { page } = await openDemo(browser, runtime.url);
    await ring(page);
    await page.click('#deny');
    await inState(page, 'denied');
    await page.click('#ask-again');
    await page.click('#ask');
    await inState(page, 'limited');
    expect(await page.textContent('#ending-title')).toBe('Ana said no a moment ago');
    expect(await page.textContent('#ending-text')).toMatch(/Ask again at \d\d:\d\d:\d\d\./);
  });
});
