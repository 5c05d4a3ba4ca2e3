import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../local/runtime/runtime.ts';
import {
  inPhoneState,
  inState,
  launchBrowser,
  openDemo,
  ring,
  SCENARIOS,
  startDemo,
  Tidying,
  violations,
} from '../support/demo-browser.ts';
import { chromium } from '../support/engines.ts';

const executablePath = chromium();
const LIMITS = { perUser: 'off', denialPause: { first: 60, longest: 60 }, interval: 1 };

/** What axe-core and a keyboard find, in each state of the page, light and dark. */
describe.skipIf(executablePath === undefined)('the demo page for people who cannot see it or use no pointer', () => {
  let runtime: Runtime;
  let browser: Browser;
  let tidying: Tidying;
  beforeAll(async () => {
    runtime = await startDemo(LIMITS);
    tidying = await Tidying.start(runtime);
    browser = await launchBrowser(executablePath ?? '');
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await tidying.denyAll();
    // A new pause would stand in the way of the next test.
    for (const client of ['call-centre', 'bike-kiosk', 'bank'])
      await fetch(`${runtime.url}/admin/users/ana/blocks/${client}`, { method: 'DELETE' });
  });
  afterAll(async () => {
    await browser?.close();
    await runtime?.close();
  });

  /** Looks at the page in both schemes, with everything open that opens. */
  async function look(page: Page): Promise<readonly string[]> {
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      found.push(...(await violations(page)));
    }
    return found;
  }

  it.each(SCENARIOS)('axe-core finds nothing in %s: before, ringing, approved', async (scenario) => {
    const { page } = await openDemo(browser, runtime.url, { path: `/demo#${scenario}` });
    expect(await look(page)).toEqual([]);
    await ring(page);
    expect(await look(page)).toEqual([]);
    await page.click('#approve');
    await inState(page, 'approved');
    expect(await look(page)).toEqual([]);
  });

  it('axe-core finds nothing when it was denied, in the pause after it, and when it was refused', async () => {
    const { page } = await openDemo(browser, runtime.url);
    await ring(page);
    await page.click('#deny');
    await inState(page, 'denied');
    expect(await look(page)).toEqual([]);
    await page.click('#ask-again');
    await page.click('#ask');
    await inState(page, 'limited');
    expect(await look(page)).toEqual([]);
    await page.click('#ask-again');
    await page.fill('#login-hint', 'nobody');
    await page.click('#ask');
    await inState(page, 'refused');
    expect(await look(page)).toEqual([]);
  });

  it('axe-core finds nothing when the client was reported, and when another phone rings', async () => {
    const { page } = await openDemo(browser, runtime.url);
    await ring(page);
    await page.click('#not-me');
    await inState(page, 'denied');
    expect(await look(page)).toEqual([]);
    await page.click('#ask-again');
    await page.click('[data-hint="bo@example.com"]');
    await page.click('#ask');
    await page.waitForSelector('#elsewhere a');
    expect(await look(page)).toEqual([]);
    await page.click('#give-up');
    await inState(page, 'stopped');
    expect(await look(page)).toEqual([]);
  });

  it('axe-core finds nothing on a phone alone, nor in what is real', async () => {
    const { page } = await openDemo(browser, runtime.url, { path: '/demo/phone?user=bo' });
    expect(await page.title()).toBe('The phone of Bo Okafor');
    expect(await look(page)).toEqual([]);
    await page.goto(`${runtime.url}/demo`);
    await inPhoneState(page, 'idle');
    await page.click('#real-open');
    expect(await look(page)).toEqual([]);
  });

  it('axe-core finds nothing when the provider is gone', async () => {
    const gone = await startDemo(LIMITS);
    const { page } = await openDemo(browser, gone.url);
    await ring(page);
    await gone.close();
    await inState(page, 'unreachable');
    expect(await look(page)).toEqual([]);
  });

  it('a whole login by keyboard alone: the focus goes where the story goes, and is never lost', async () => {
    const { page } = await openDemo(browser, runtime.url);
    const focused = () =>
      page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim());
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab');
    expect(await focused()).toBe('Skip to the desk');
    await press('Tab', 'Tab');
    expect(await focused()).toBe('scenario-call-centre');
    await press('ArrowRight');
    expect(await focused()).toBe('scenario-kiosk');
    expect(await page.textContent('#desk-title')).toBe('Unlock bike 4711');
    await press('End', 'Home', 'Tab');
    expect(await focused()).toBe('delivery-poll');
    await press('Tab');
    expect(await focused()).toBe('numbers');
    await press('Tab');
    expect(await focused()).toBe('login-hint');
    await press('Enter');
    await inPhoneState(page, 'request');
    await page.waitForSelector('#approve[aria-disabled="false"]');
    expect(await focused()).toBe('Harbor Call Centre asks you');
    await press('Tab');
    expect(await focused()).toBe('deny');
    await press('Tab');
    expect(await focused()).toBe('approve');
    expect(await page.locator('#approve').evaluate((button) => getComputedStyle(button).outlineWidth)).toBe('3px');
    await press('Enter');
    await inPhoneState(page, 'sent');
    expect(await focused()).toBe('phone-sent-title');
    await inState(page, 'approved');
    expect(await focused()).toBe('phone-sent-title');
    await press('Tab', 'Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('#flow') !== null)).toBe(true);
    await page.locator('[data-step="ask"] > details > summary').focus();
    await press('Enter');
    expect(await page.isVisible('[data-step="ask"] .why')).toBe(true);
    await page.focus('#ask-again');
    await press('Enter');
    expect(await focused()).toBe('ask');
  });

  it('in forced colours only the chosen tab looks chosen, and every step that happened is filled', async () => {
    const { page } = await openDemo(browser, runtime.url, { forcedColors: 'active' });
    const border = (id: string) => page.locator(id).evaluate((tab) => getComputedStyle(tab).borderBottomColor);
    expect(await border('#scenario-kiosk')).toBe(await border('#scenario-bank'));
    expect(await border('#scenario-call-centre')).not.toBe(await border('#scenario-bank'));
    await ring(page);
    const fill = (step: string) =>
      page.locator(`[data-step="${step}"] .number`).evaluate((number) => getComputedStyle(number).backgroundColor);
    expect(await fill('ask')).not.toBe(await fill('verify'));
  });
});
