import type { Browser } from 'playwright-core';
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
} from '../support/demo-browser.ts';
import { chromium } from '../support/engines.ts';

const executablePath = chromium();
/** No limit stands in the way of many logins, and polls come soon. */
const LIMITS = { perUser: 'off', denialPause: 'off', interval: 1, expiryLimit: 259_200 };

describe.skipIf(executablePath === undefined)('the demo page in a browser', () => {
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
  });
  afterAll(async () => {
    await browser?.close();
    await runtime?.close();
  });
  const open = (options: Parameters<typeof openDemo>[2] = {}) => openDemo(browser, runtime.url, options);

  describe('tells a story with an end', () => {
    it.each([
      ['call-centre', 'This is Ana Lindqvist', 'Not confirmed'],
      ['kiosk', 'Bike 4711 is yours', 'Bike 4711 stays locked'],
      ['bank', '249.90 EUR sent', 'Nothing was sent'],
    ])(
      '%s: approval and denial stand where the question stood, whole in a window of 1280 x 720',
      async (scenario, approved, denied) => {
        const { page, errors } = await open({ path: `/demo#${scenario}` });
        for (const [button, state, title] of [
          ['#approve', 'approved', approved],
          ['#deny', 'denied', denied],
        ] as const) {
          await ring(page);
          await page.click(button);
          await inState(page, state);
          expect(await page.textContent('#ending-title')).toBe(title);
          expect(await page.isVisible('#to-tokens')).toBe(state === 'approved');
          for (const part of ['#ending-title', '#ending-text', '#ask-again']) {
            const box = await page.locator(part).boundingBox();
            expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(720);
          }
          expect(await page.evaluate(() => scrollY)).toBe(0);
          await page.click('#ask-again');
        }
        expect(errors).toEqual([]);
      },
    );

    it('the agent reads the time of the approval, the bank gives a reference from the access token', async () => {
      const { page } = await open({ path: '/demo#call-centre' });
      await ring(page);
      await page.click('#approve');
      await inState(page, 'approved');
      expect(await page.textContent('#ending-text')).toMatch(/^Verified \d\d:\d\d\./);
      await page.click('#scenario-bank');
      await inState(page, 'idle');
      await inPhoneState(page, 'sent');
      await page.click('#phone-done');
      await ring(page);
      await page.click('#approve');
      await inState(page, 'approved');
      const jti = await page.textContent('#access-token-claims [data-claim="jti"] .value');
      expect(await page.textContent('#ending-facts dd')).toBe(jti?.slice(0, 8));
    });

    it('the tokens say what each claim is for, and nothing covers them', async () => {
      const { page } = await open();
      await ring(page);
      await page.click('#approve');
      await inState(page, 'approved');
      const meanings = await page.locator('#tokens .meaning').allTextContents();
      expect(meanings.length).toBeGreaterThan(15);
      expect(meanings.filter((meaning) => meaning === '' || meaning === 'A claim of this provider or user')).toEqual(
        [],
      );
      await page.click('#to-tokens');
      // The phone and the lanes stay in view while the stories scroll, but not over the tokens.
      await expect
        .poll(() =>
          page.evaluate(() => {
            const cards = [...document.querySelectorAll('#tokens .card')].map((card) => card.getBoundingClientRect());
            const tops = cards.map(({ x, y, width }) => document.elementFromPoint(x + width / 2, y + 90));
            return tops.every((top) => top?.closest('#tokens'));
          }),
        )
        .toBe(true);
    });

    it('an unanswered request expires in plain words', async () => {
      const { page } = await open();
      await page.click('.more summary');
      await page.selectOption('#requested-expiry', '10');
      await ring(page);
      await inState(page, 'expired');
      expect(await page.textContent('#ending-title')).toBe('No answer');
      await inPhoneState(page, 'idle');
      expect(await page.textContent('#phone-notice')).toContain('expired');
    });

    it('an unknown user and a message that a phone may not show are refused in plain words', async () => {
      const { page } = await open();
      await page.fill('#login-hint', 'nobody@example.com');
      await page.click('#ask');
      await inState(page, 'refused');
      expect(await page.textContent('#ending-title')).toBe('Nobody has this name here');
      await page.click('#ask-again');
      await page.fill('#login-hint', 'ana@example.com');
      await page.fill('#binding-message', 'Hello 👋');
      await page.click('#ask');
      await inState(page, 'refused');
      expect(await page.textContent('#ending-title')).toBe('The phone may not show this');
    });

    it('“This was not me” looks like a denial to the company, blocks it, and an operator can unblock it', async () => {
      const { page } = await open({ path: '/demo#kiosk' });
      // The silent denial comes before the request expires.
      await page.click('.more summary');
      await page.selectOption('#requested-expiry', '10');
      await ring(page);
      await page.click('#not-me');
      await inState(page, 'denied');
      expect(await page.textContent('#ending-title')).toBe('Bike 4711 stays locked');
      expect(await page.textContent('#behind')).toContain('npm run ciba -- user blocks ana');
      // From now on no phone rings, and the client hears of a denial after some seconds.
      await page.click('#phone-done');
      await page.click('#ask-again');
      await page.click('#ask');
      await inState(page, 'pending');
      expect(await page.textContent('#waiting-text')).toContain('No phone rings, because Ana reported this client');
      await inState(page, 'denied');
      expect(await page.getAttribute('#phone', 'data-state')).toBe('idle');
      await page.click('#unblock');
      await page.click('#ask-again');
      await ring(page);
      await page.click('#approve');
      await inState(page, 'approved');
    });
  });

  describe('draws the flow as lanes', () => {
    it('eight steps light up in their order, discovery first, and the one after a denial does not', async () => {
      const { page } = await open();
      const states = () =>
        page.locator('.login:first-child .step').evaluateAll((steps) => steps.map((step) => step.dataset['state']));
      expect(new Set(await states())).toEqual(new Set(['planned']));
      await ring(page);
      await page.waitForSelector('[data-step="poll"][data-state="done"]');
      expect((await states()).slice(0, 5)).toEqual(['done', 'done', 'done', 'done', 'done']);
      await page.click('#approve');
      await inState(page, 'approved');
      expect(await states()).toEqual(Array.from({ length: 8 }, () => 'done'));
      await page.click('#phone-done');
      await page.click('#ask-again');
      await ring(page);
      await page.click('#deny');
      await inState(page, 'denied');
      expect((await states()).slice(5)).toEqual(['done', 'refused', 'skipped']);
      expect(await page.locator('.login').count()).toBe(2);
      expect(await page.locator('.login').nth(1).getAttribute('open')).toBeNull();
    });

    it.each([
      ['ping', 8, ['answer', 'notify', 'redeem', 'verify'], 'auth_req_id, no answer'],
      ['push', 7, ['read', 'answer', 'notify', 'verify'], 'both tokens'],
    ])(
      'a client in %s mode hears of the answer at its endpoint, and its %i steps light up',
      async (mode, count, last, brought) => {
        const { page, errors } = await open();
        await page.check(`#delivery-${mode}`);
        const steps = page.locator('.login:first-child .step');
        expect(await steps.count()).toBe(count);
        await ring(page);
        expect(await page.isVisible('#poll-early')).toBe(false);
        await page.click('#approve');
        await inState(page, 'approved');
        const all = await steps.evaluateAll((items) => items.map(({ dataset }) => [dataset['step'], dataset['state']]));
        expect(all.slice(-4)).toEqual(last.map((step) => [step, 'done']));
        expect(await page.textContent('[data-step="notify"] .brought .note')).toBe(brought);
        const request = page.locator('[data-step="notify"] .raw').first();
        expect(await request.textContent()).toContain('authorization: Bearer ');
        // Nothing but the call after a ping goes to the token endpoint.
        const polls = await page.locator('.login:first-child [data-path="/token"]').count();
        expect(polls).toBe(mode === 'ping' ? 1 : 0);
        const checks = await page.locator('#id-token-checks li.holds').allTextContents();
        expect(checks.some((check) => check.includes('auth_req_id'))).toBe(mode === 'push');
        expect(errors).toEqual([]);
      },
    );

    it.each(['ping', 'push'])('a denial reaches a client in %s mode at once', async (mode) => {
      const { page } = await open();
      await page.check(`#delivery-${mode}`);
      await ring(page);
      await page.click('#deny');
      await inState(page, 'denied');
      expect(await page.textContent('#ending-title')).toBe('Not confirmed');
    });

    it.each(['poll', 'push'])(
      'a client in %s mode takes its request back, and the prompt vanishes from the phone',
      async (mode) => {
        const { page, errors } = await open();
        await page.check(`#delivery-${mode}`);
        await ring(page);
        await page.click('#withdraw');
        await inState(page, 'withdrawn');
        expect(await page.textContent('#ending-title')).toBe('Taken back');
        await inPhoneState(page, 'idle');
        expect(await page.textContent('#phone-notice')).toBe('The client withdrew its request.');
        const last = page.locator('.login:first-child .step').nth(-2);
        expect(await last.getAttribute('data-step')).toBe('withdraw');
        await page.waitForSelector('[data-step="vanish"][data-state="done"]');
        // The client may ask again at once.
        await page.click('#ask-again');
        await ring(page);
        await page.click('#approve');
        await inState(page, 'approved');
        expect(errors).toEqual([]);
      },
    );

    it('a number of the desk is typed on the phone: a wrong one is refused, and the right one approves', async () => {
      const { page, errors } = await open();
      await page.selectOption('#numbers', 'phone_enters');
      await ring(page);
      const number = (await page.textContent('#number-to-show')) ?? '';
      expect(number).toMatch(/^\d\d$/);
      await page.click('#approve');
      expect(await page.textContent('#phone-unsent')).toBe('Type the number first.');
      await page.fill('#phone-number-typed', String((Number(number) + 1) % 100).padStart(2, '0'));
      await page.click('#approve');
      await page.waitForSelector('#phone-unsent:has-text("That is not the number. 2 more tries.")');
      await page.fill('#phone-number-typed', number);
      await page.click('#approve');
      await inState(page, 'approved');
      expect(await page.textContent('#id-token-claims [data-claim="amr"] .value')).toContain('mca');
      expect(errors).toEqual([]);
    });

    it('a number of the phone is typed at the desk, and the approval counts only then', async () => {
      const { page, errors } = await open();
      await page.selectOption('#numbers', 'client_enters');
      await page.check('#delivery-push');
      await ring(page);
      await page.click('#approve');
      await page.waitForSelector('#phone-number-shown:visible');
      const number = (await page.textContent('#phone-number-value')) ?? '';
      await page.waitForSelector('#waiting-text:has-text("It counts when the number")');
      expect(await page.getAttribute('#stage', 'data-state')).toBe('pending');
      await page.fill('#number-typed', String((Number(number) + 1) % 100).padStart(2, '0'));
      await page.click('#number-form button');
      await page.waitForSelector('#number-note:has-text("2 more tries")');
      await page.fill('#number-typed', number);
      await page.click('#number-form button');
      await inState(page, 'approved');
      expect(await page.locator('[data-step="number"]').getAttribute('data-state')).toBe('done');
      expect(errors).toEqual([]);
    });

    it('a request of three days waits in the inbox of the phone, and leaves it when it is withdrawn', async () => {
      const { page, errors } = await open();
      await page.click('.more summary');
      await page.selectOption('#requested-expiry', '259200');
      await ring(page);
      expect(await page.textContent('#countdown')).toBe('2 days 23 h');
      await page.click('#later');
      await page.waitForSelector('#phone-inbox button');
      await page.click('#withdraw');
      await inState(page, 'withdrawn');
      await page.waitForSelector('#phone-inbox button', { state: 'detached' });
      expect(errors).toEqual([]);
    });

    it('a row opens to request, response, curl, the section of the standard and the file that has it', async () => {
      const { page } = await open();
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await ring(page);
      const row = page.locator('[data-step="ask"]');
      await row.locator('> details > summary').focus();
      await page.keyboard.press('Enter');
      await row.locator('.raw').first().waitFor();
      expect(await row.locator('.raw').allTextContents()).toEqual([
        expect.stringContaining('login_hint=ana%40example.com'),
        expect.stringContaining('auth_req_id'),
      ]);
      await row.locator('.copy').click();
      await row.locator('.told', { hasText: 'Copied' }).waitFor();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`'${runtime.url}/bc-authorize'`);
      expect(await row.locator('.references a').first().getAttribute('href')).toContain('#rfc.section.7.1');
      const file = await row.locator('.references a[href^="/demo/source/"]').first().getAttribute('href');
      expect((await fetch(runtime.url + file)).status).toBe(200);
    });

    it('brings what is opened into view, in a window of 1280 x 720', async () => {
      const { page } = await open();
      await ring(page);
      await page.click('#approve');
      await inState(page, 'approved');
      await page.locator('[data-step="verify"] > details > summary').click();
      const box = () => page.locator('[data-step="verify"] .why').boundingBox();
      await expect.poll(async () => ((await box())?.y ?? 999) + ((await box())?.height ?? 0)).toBeLessThanOrEqual(720);
    });

    it('every file and section that a step names exists', async () => {
      const { page } = await open();
      const links = await page
        .locator('.references a')
        .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      const files = links.filter((link) => link?.startsWith('/demo/source/'));
      expect(files.length).toBeGreaterThan(8);
      for (const file of files) expect((await fetch(runtime.url + file)).status, file ?? '').toBe(200);
    });

    it('the set-up of the phone is folded away', async () => {
      const { page } = await open();
      expect(await page.locator('#setup').getAttribute('open')).toBeNull();
      expect(await page.locator('#setup-calls [data-path="/devices"]').count()).toBe(1);
    });
  });

  describe('is never wrong', () => {
    it.each(['+46 70 123 45 67', 'ana', 'ANA@example.com', '{"format":"email","email":"ana@example.com"}'])(
      'knows that %s is the user whose phone is on the page',
      async (hint) => {
        const { page } = await open();
        await page.fill('#login-hint', hint);
        await ring(page);
        expect(await page.textContent('#waiting-title')).toBe('Waiting for Ana');
        expect(await page.isHidden('#elsewhere')).toBe(true);
      },
    );

    it('asks another user, whose phone opens in a window of its own and answers', async () => {
      const { page } = await open();
      await page.click('[data-hint="bo@example.com"]');
      await page.click('#ask');
      await inState(page, 'pending');
      expect(await page.textContent('#waiting-title')).toBe('Waiting for Bo');
      const opening = page.context().waitForEvent('page');
      await page.click('#elsewhere a');
      const phone = await opening;
      await inPhoneState(phone, 'request');
      await phone.click('#approve');
      await inState(page, 'approved');
      expect(await page.textContent('#ending-title')).toBe('This is Bo Okafor');
      // The lanes show what the other window did.
      expect(await page.locator('[data-step="answer"]').getAttribute('data-state')).toBe('done');
    });

    it('opens the phone of a user whom an operator has created, too', async () => {
      const sub = 'created-later';
      await fetch(`${runtime.url}/admin/users`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sub, name: 'Cleo Marsh', email: 'cleo@example.com' }),
      });
      const { page } = await open({ path: `/demo/phone?user=${sub}` });
      expect(await page.textContent('#phone-owner')).toBe(sub);
      const { page: demo } = await open();
      await demo.fill('#login-hint', 'cleo@example.com');
      await demo.click('#ask');
      await inPhoneState(page, 'request');
      await page.click('#approve');
      await inState(demo, 'approved');
      expect(await demo.textContent('#ending-title')).toBe('This is Cleo Marsh');
    });

    it('“Poll now, too early” is too early at its first press', async () => {
      const { page } = await open();
      await ring(page);
      await page.click('#poll-early');
      await page.waitForSelector('#next-poll:has-text("slow_down")');
      expect(await page.locator('[data-step="poll"] .exchange[data-error="slow_down"]').count()).toBeGreaterThan(0);
    });

    it('a client that stops polling says that the request lives on, and what becomes of the answer', async () => {
      const { page } = await open();
      await ring(page);
      await page.click('#give-up');
      await inState(page, 'stopped');
      expect(await page.textContent('#waiting-text')).toMatch(
        /The request lives until \d\d:\d\d:\d\d\. The phone still rings\./,
      );
      await page.click('#approve');
      await page.waitForSelector('#waiting-text:has-text("Ana answered, but nobody fetches the answer")');
      await page.click('#poll-again');
      await inState(page, 'approved');
    });

    it('the phone and its buttons stay where they are while tokens arrive, on a window of 390 pixels', async () => {
      const { page } = await open({ viewport: { width: 390, height: 844 } });
      const top = (selector: string) =>
        page.locator(selector).evaluate((part) => part.getBoundingClientRect().y + scrollY);
      for (const scenario of SCENARIOS) {
        await page.click(`#scenario-${scenario}`);
        const idle = await top('#phone');
        await ring(page);
        const [phone, approve] = [await top('#phone'), await top('#approve')];
        expect(phone).toBe(idle);
        await page.locator('#approve').scrollIntoViewIfNeeded();
        const scrolled = await page.evaluate(() => scrollY);
        await page.click('#approve');
        await inState(page, 'approved');
        await page.waitForSelector('#tokens[data-verified="true"]');
        expect(await top('#phone')).toBe(phone);
        expect(await page.evaluate(() => scrollY)).toBe(scrolled);
        await page.click('#phone-done');
        await page.click('#ask-again');
        await ring(page);
        expect(await top('#approve')).toBe(approve);
        await page.click('#deny');
        await inState(page, 'denied');
        expect(await top('#phone')).toBe(phone);
        await page.click('#phone-done');
        await page.click('#ask-again');
      }
      await page.click('#scenario-call-centre');
      const before = await top('#phone');
      await ring(page);
      await page.click('#not-me');
      await inState(page, 'denied');
      expect(await top('#phone')).toBe(before);
      await page.click('#unblock');
      await page.waitForSelector('#behind .told:has-text("Unblocked")');
    });
  });

  it('shows the key set as it is, even if the middle of a key looks like JSON in base64url', async () => {
    const { page, errors } = await open();
    const body = JSON.stringify({ n: `${'x'.repeat(20)}eyJ${'_-'.repeat(30)}`, e: `eyJ${'_-'.repeat(30)}` });
    // As text, because the test runner rewrites imports in code.
    const shown: { text: string; folds: number } = await page.evaluate(`(async () => {
      const { rawMessage } = await import('/demo/flow/raw.js');
      const message = rawMessage('answer', 'HTTP 200', {}, ${JSON.stringify(body)});
      return { text: message.textContent, folds: message.querySelectorAll('details').length };
    })()`);
    expect(shown.text).toContain(`${'x'.repeat(20)}eyJ${'_-'.repeat(30)}`);
    expect(shown.folds).toBe(1);
    expect(errors).toEqual([]);
  });

  it('offers Approve and Deny alike: the same size, Deny first by keyboard', async () => {
    const { page } = await open({ path: '/demo#bank' });
    await ring(page);
    expect(await page.textContent('#phone-what')).toContain((await page.textContent('#code'))?.trim() ?? 'no code');
    const [approve, deny] = [await page.locator('#approve').boundingBox(), await page.locator('#deny').boundingBox()];
    expect([deny?.width, deny?.height]).toEqual([approve?.width, approve?.height]);
    const order = await page.locator('#approve, #deny').evaluateAll((buttons) => buttons.map(({ id }) => id));
    expect(order).toEqual(['deny', 'approve']);
  });

  it('keeps its device over a reload: the key stays in the browser', async () => {
    const { page } = await open();
    const enrolments = () => runtime.aws.calls.filter(({ action }) => action === 'CreatePlatformEndpoint').length;
    const before = enrolments();
    await page.reload();
    await inPhoneState(page, 'idle');
    expect(enrolments()).toBe(before);
  });
});
