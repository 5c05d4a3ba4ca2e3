import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { DemoWorld } from '../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../local/demo/local-routes.ts';
import { demoSeed } from '../../local/demo/seed-file.ts';
import { startRuntime } from '../../local/runtime/runtime.ts';
import { PATIENCE_MILLISECONDS } from './patience.ts';

// The pictures of the README: the real demo page after a real login, light and dark. `npm run docs:picture` writes them.

/** The pictures, by the colour scheme that they show. */
export const PICTURES = { light: 'demo-light.webp', dark: 'demo-dark.webp' } as const;
type Scheme = keyof typeof PICTURES;

const SIZE = { width: 1280, height: 800 };
/** Two pixels of the picture for one of the page, so that text is sharp on most screens. */
const SHARPNESS = 2;
const QUALITY = 80;

/** Logs in on the demo page in each colour scheme, and writes a picture of it into a folder. */
export async function takePictures(folder: string, executablePath: string): Promise<void> {
  const runtime = await startRuntime({ port: 0 });
  const world = new DemoWorld(runtime);
  runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
  await world.createFrom(demoSeed);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    for (const scheme of ['light', 'dark'] as const) {
      const picture = await pictureOf(browser, `${runtime.url}/demo`, scheme);
      await writeFile(join(folder, PICTURES[scheme]), picture);
    }
  } finally {
    await browser.close();
    await runtime.close();
  }
}

async function pictureOf(browser: Browser, address: string, colorScheme: Scheme): Promise<Buffer> {
  const context = await browser.newContext({
    viewport: SIZE,
    colorScheme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  await page.goto(address);
  await page.waitForSelector('#phone[data-state="idle"]');
  await page.click('#ask');
  // So that every step of the flow has happened.
  await page.waitForSelector('[data-step="poll"][data-state="done"]');
  await page.click('#approve');
  await page.waitForSelector('#tokens[data-verified="true"]');
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.evaluate(() => window.scrollTo(0, 0));
  // Playwright itself makes PNG and JPEG only. WebP is less than half as large.
  const devtools = await context.newCDPSession(page);
  const clip = { x: 0, y: 0, ...SIZE, scale: SHARPNESS };
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY, clip });
  await context.close();
  return Buffer.from(data, 'base64');
}
