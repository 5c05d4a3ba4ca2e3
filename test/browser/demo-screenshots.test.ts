import { mkdirSync, statSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Runtime } from '../../local/runtime/runtime.ts';
import { inState, launchBrowser, openDemo, reachLimit, ring, SCENARIOS, startDemo } from '../support/demo-browser.ts';
import { chromium } from '../support/engines.ts';

const executablePath = chromium();
const FREE = { perUser: 'off', denialPause: 'off', interval: 1 };
/** For people to look at. */
const FOLDER = new URL('../../test-output/demo/', import.meta.url).pathname;
const WIDTHS = [390, 820, 1280, 1920] as const;
const SCHEMES = ['light', 'dark'] as const;

/** Pictures of each scenario in each state, at four widths, light and dark. Nothing is wider than its window. */
describe.skipIf(executablePath === undefined)('pictures of the demo page', () => {
  let runtime: Runtime;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    browser = await launchBrowser(executablePath ?? '');
  });
  afterEach(() => runtime?.close());
  afterAll(() => browser?.close());

  async function take(page: Page, name: string): Promise<void> {
    // No ring of the keyboard in a picture of what a pointer did.
    await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 800 ? 844 : width > 1280 ? 1080 : 720 });
      await page.evaluate(() => window.scrollTo(0, 0));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        const path = `${FOLDER}${name}-${width}-${colorScheme}.png`;
        await page.screenshot({ path, fullPage: true });
        expect(statSync(path).size).toBeGreaterThan(10_000);
      }
    }
  }

  it.each(SCENARIOS)('%s: start, ringing, end, denial, provider gone', async (scenario) => {
    runtime = await startDemo(FREE);
    const { page } = await openDemo(browser, runtime.url, { path: `/demo#${scenario}` });
    await take(page, `${scenario}-start`);
    await ring(page);
    await page.waitForSelector('[data-step="poll"][data-state="done"]');
    await page.click('#give-up');
    await inState(page, 'stopped');
    if (scenario === 'call-centre') await take(page, 'stopped');
    await page.click('#poll-again');
    await inState(page, 'pending');
    await take(page, `${scenario}-ringing`);
    await page.click('#approve');
    await inState(page, 'approved');
    await page.waitForSelector('#phone[data-state="sent"]');
    await take(page, `${scenario}-end`);
    await page.click('#ask-again');
    await ring(page);
    await page.click('#deny');
    await inState(page, 'denied');
    await take(page, `${scenario}-denial`);
    await page.click('#ask-again');
    await ring(page);
    await runtime.close();
    await inState(page, 'unreachable');
    await take(page, `${scenario}-gone`);
  });

  it.each(['ping', 'push'])('a client in %s mode: start, end', async (mode) => {
    runtime = await startDemo(FREE);
    const { page } = await openDemo(browser, runtime.url);
    await page.check(`#delivery-${mode}`);
    await take(page, `${mode}-start`);
    await ring(page);
    await page.click('#approve');
    await inState(page, 'approved');
    await take(page, `${mode}-end`);
  });

  it.each(SCENARIOS)('%s: the limit', async (scenario) => {
    runtime = await startDemo({ perUser: { perMinute: 1000, perHour: 1 }, interval: 1 });
    const { page } = await openDemo(browser, runtime.url, { path: `/demo#${scenario}` });
    await reachLimit(page);
    await take(page, `${scenario}-limit`);
  });

  it('a report, an open step, what is real, another phone', async () => {
    runtime = await startDemo(FREE);
    const { page } = await openDemo(browser, runtime.url);
    await page.click('#real-open');
    await take(page, 'real');
    await page.keyboard.press('Escape');
    await ring(page);
    await page.click('#not-me');
    await inState(page, 'denied');
    await take(page, 'report');
    await page.locator('[data-step="ask"] > details > summary').click();
    await take(page, 'open-step');
    await page.click('#ask-again');
    await page.click('[data-hint="bo@example.com"]');
    await page.click('#ask');
    await page.waitForSelector('#elsewhere a');
    await take(page, 'elsewhere');
    const { page: phone } = await openDemo(browser, runtime.url, { path: '/demo/phone?user=ana' });
    await take(phone, 'phone-alone');
    const { page: forced } = await openDemo(browser, runtime.url, { forcedColors: 'active', path: '/demo#bank' });
    await ring(forced);
    await forced.click('#approve');
    await inState(forced, 'approved');
    await take(forced, 'forced-colours');
  });
});
