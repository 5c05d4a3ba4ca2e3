import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { DemoWorld } from '../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../local/demo/local-routes.ts';
import { Phone } from '../../local/demo/phone.ts';
import { demoSeed } from '../../local/demo/seed-file.ts';
import { type Runtime, startRuntime } from '../../local/runtime/runtime.ts';
import { PATIENCE_MILLISECONDS } from './patience.ts';

// The demo page in Chromium, as a visitor sees it.

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

export const SCENARIOS = ['call-centre', 'kiosk', 'bank'] as const;

/** What axe-core has to say about an element. */
type Violation = { id: string; nodes: { target: unknown; failureSummary?: string }[] };

/** A browser. Each page that it opens belongs to a visitor of its own, with phones of their own. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: QUIET });
}

/** A provider with the seed of `npm start`. `limits` is the value of REQUEST_LIMITS. */
export async function startDemo(limits: object, port = 0): Promise<Runtime> {
  const runtime = await startRuntime({ port, variables: { REQUEST_LIMITS: JSON.stringify(limits) } });
  const world = new DemoWorld(runtime);
  runtime.gateway.localRoutes = createLocalRoutes(world, runtime);
  await world.createFrom(demoSeed);
  return runtime;
}

/** Phones of both users that deny what still waits. A new visitor has another phone of theirs, which would show it. */
export class Tidying {
  readonly #phones: readonly Phone[];

  private constructor(phones: readonly Phone[]) {
    this.#phones = phones;
  }

  static async start(runtime: Runtime): Promise<Tidying> {
    const enrol = async (user: string): Promise<Phone> => {
      const response = await fetch(`${runtime.url}/local/ticket?login_hint=${user}`, { method: 'POST' });
      const { uri } = (await response.json()) as { uri: string };
      return Phone.enrol(uri, { name: 'Tidying', pushToken: `tidying-${user}`, now: runtime.now });
    };
    return new Tidying(await Promise.all(['ana', 'bo'].map(enrol)));
  }

  async denyAll(): Promise<void> {
    for (const phone of this.#phones) {
      for (const { request_id: requestId } of await phone.list()) {
        const { bytes } = await phone.read(requestId);
        await phone.answer(requestId, bytes, 'deny');
      }
    }
  }
}

/** Opens the page as a new visitor, and waits until its phone is ready. */
export async function openDemo(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { path?: string } = {},
): Promise<{ page: Page; errors: string[] }> {
  const { path = '/demo', ...rest } = options;
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...rest,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MILLISECONDS);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${url}${path}`);
  await inPhoneState(page, 'idle');
  return { page, errors };
}

/** Waits until the desk is in this state. */
export async function inState(page: Page, state: string): Promise<void> {
  await page.waitForSelector(`#stage[data-state="${state}"]`);
}

/** Waits until the phone of a page shows this screen. */
export async function inPhoneState(page: Page, state: string): Promise<void> {
  await page.waitForSelector(`#phone[data-state="${state}"]`);
}

/** Asks, and waits until the phone of the page rings and can answer. */
export async function ring(page: Page): Promise<void> {
  await page.click('#ask');
  await inPhoneState(page, 'request');
  await inState(page, 'pending');
  // The buttons work a moment later. A click before that would scroll the page.
  await page.waitForSelector('#approve[aria-disabled="false"]');
}

/** Logs in until the limit of one request within the hour is reached: a new hour may begin on the way. */
export async function reachLimit(page: Page): Promise<void> {
  for (;;) {
    await page.click('#ask');
    await page.waitForSelector('#stage:is([data-state="pending"], [data-state="limited"])');
    if ((await page.getAttribute('#stage', 'data-state')) === 'limited') return;
    await page.waitForSelector('#approve[aria-disabled="false"]');
    await page.click('#approve');
    await inState(page, 'approved');
    await page.click('#ask-again');
  }
}

/** Returns what axe-core finds wrong with the page as it is, by WCAG 2.0 to 2.2 A and AA and best practice. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found: Violation[] = await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id} at ${target}: ${failureSummary}`),
  );
}
