import { mkdirSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../local/demo/local-routes.ts';
import { demoSeed } from '../../local/demo/seed-file.ts';
import { type Runtime, startRuntime } from '../../local/runtime/runtime.ts';
import { chromium as findChromium } from '../support/engines.ts';

const executablePath = findChromium();
/** Screenshots are kept here, for people to look at. */
const SHOTS = new URL('../../test-output/', import.meta.url).pathname;
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(executablePath === undefined)('the demo page in a browser', () => {
  let runtime: Runtime;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    runtime = await startRuntime({
      port: 0,
      variables: { REQUEST_LIMITS: JSON.stringify({ perUser: 'off', interval: 1 }) },
    });
    const world = new DemoWorld(runtime);
    runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
    await world.createFrom(demoSeed);
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: QUIET });
  });
  afterAll(async () => {
    await browser?.close();
    await runtime?.close();
  });

  async function open(
    options: { width?: number; hash?: string; colorScheme?: 'light' | 'dark' } = {},
  ): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: 900 },
      colorScheme: options.colorScheme ?? 'light',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${runtime.url}/demo${options.hash ?? ''}`);
    await page.waitForSelector('#phone[data-state="idle"]');
    return { page, errors };
  }

  it('walks from ask to tokens: the console asks, the phone shows it and approves, the ID token verifies', async () => {
    const { page, errors } = await open();
    await page.click('#ask');
    await page.waitForSelector('#phone[data-state="request"]');
    expect(await page.textContent('#phone-who')).toContain('Harbor Call Centre');
    await page.screenshot({ path: `${SHOTS}demo-request.png`, fullPage: true });
    await page.click('#approve');
    await page.waitForSelector('#state[data-state="approved"]');
    await page.waitForSelector('#tokens[data-verified="true"]');
    expect(await page.textContent('#id-token-claims')).toContain('Ana Lindqvist');
    expect(await page.locator('#exchanges [data-path="/token"][data-status="200"]').count()).toBe(1);
    await page.screenshot({ path: `${SHOTS}demo-tokens.png`, fullPage: true });
    expect(errors).toEqual([]);
  });

  it('shows the key set as it is, even if the middle of a key looks like JSON in base64url', async () => {
    const { page, errors } = await open();
    const body = JSON.stringify({ n: `${'x'.repeat(20)}eyJ${'_-'.repeat(30)}`, e: `eyJ${'_-'.repeat(30)}` });
    // As text, because the test runner rewrites imports in code.
    const shown: { text: string; folds: number } = await page.evaluate(`(async () => {
      const { rawMessage } = await import('/demo/wire/raw.js');
      const message = rawMessage('answer', 'HTTP 200', {}, ${JSON.stringify(body)});
      return { text: message.textContent, folds: message.querySelectorAll('details').length };
    })()`);
    expect(shown.text).toContain(`${'x'.repeat(20)}eyJ${'_-'.repeat(30)}`);
    expect(shown.folds).toBe(1);
    expect(errors).toEqual([]);
  });

  it('shows a denial, on a phone-sized window in the dark', async () => {
    const { page, errors } = await open({ width: 375, colorScheme: 'dark', hash: '#bank' });
    await page.click('#ask');
    await page.waitForSelector('#phone[data-state="request"]');
    expect(await page.textContent('#phone-what')).toContain((await page.textContent('#code'))?.trim() ?? 'no code');
    await page.click('#deny');
    await page.waitForSelector('#state[data-state="denied"]');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(375);
    await page.screenshot({ path: `${SHOTS}demo-denied-phone.png`, fullPage: true });
    expect(errors).toEqual([]);
  });

  it('offers Approve and Deny alike: the same size, Deny first by keyboard', async () => {
    const { page } = await open({ hash: '#kiosk' });
    await page.fill('#login-hint', 'ana@example.com');
    await page.click('#ask');
    await page.waitForSelector('#phone[data-state="request"]');
    const [approve, deny] = [await page.locator('#approve').boundingBox(), await page.locator('#deny').boundingBox()];
    expect([deny?.width, deny?.height]).toEqual([approve?.width, approve?.height]);
    const order = await page.evaluate(() => {
      const buttons = [...document.querySelectorAll('#approve, #deny')];
      return buttons.map(({ id }) => id);
    });
    expect(order).toEqual(['deny', 'approve']);
    await page.click('#deny');
  });

  it('keeps its device over a reload: the key stays in the browser', async () => {
    const { page } = await open();
    const enrolments = () => runtime.aws.calls.filter(({ action }) => action === 'CreatePlatformEndpoint').length;
    const before = enrolments();
    await page.reload();
    await page.waitForSelector('#phone[data-state="idle"]');
    expect(enrolments()).toBe(before);
  });
});
