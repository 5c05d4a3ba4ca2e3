import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demo, json, login, type Started, start, stop, stopAll } from '../support/npm-start.ts';

// What options do is in local-options.test.ts.

let ready: Started;
beforeAll(async () => {
  ready = await start('--port', '0');
});
afterAll(stopAll);

describe('npm start', () => {
  it('says ready, tells scripts all they need, and decides unattended', async () => {
    const { url } = ready;
    const told = await json(`${url}/local/demo`);
    const members = ['issuer', 'client_id', 'client_secret', 'login_hint'];
    for (const member of members) expect(told[member]).toEqual(expect.any(String));
    for (const member of members) expect(told['other']?.[member]).toEqual(expect.any(String));
    expect(told['other']?.['client_id']).not.toBe(told['client_id']);
    expect(await login(url, 'allow')).toBe(200);
    expect(await login(url, 'deny')).toBe('access_denied');
    const ticket = await json(`${url}/local/ticket?login_hint=ana@example.com`, { method: 'POST' });
    expect(ticket['uri']).toContain(ticket['ticket']);
    expect((await fetch(`${url}/local/ticket?login_hint=nobody@example.com`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/local/decide?auth_req_id=x&action=maybe`, { method: 'POST' })).status).toBe(400);
    expect((await fetch(`${url}/local/decide?auth_req_id=x&action=allow`, { method: 'POST' })).status).toBe(404);
    const page = await fetch(`${url}/demo`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await fetch(`${url}/demo/..%2Fstart.ts`)).status).toBe(404);
  });

  it('speaks at once, tells each step, then each call in one line, and says what it keeps at the end', async () => {
    const started = await start('--port', '0');
    const { url, process: child, output } = started;
    const steps = [
      'Serverless CIBA',
      'starting the stand-ins',
      'making the signing keys',
      'creating 3 clients',
      'ready',
    ];
    const places = steps.map((step) => output().indexOf(step));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(output()).toContain(`export CIBA_URL=${url}`);
    expect(await login(url, 'allow')).toBe(200);
    await stop(child);
    const told = output();
    expect(told).toMatch(/\d\d:\d\d:\d\d {2}200 {2}POST \/bc-authorize +call-centre +push accepted for 1 of 1 phone/);
    expect(told).toMatch(/204 {2}POST \/device\/requests\/\{request_id\}\/response +phone \S+ +approved/);
    expect(told).toMatch(/200 {2}POST \/token +call-centre +tokens, \d+ s after the request/);
    expect(told).toContain('Stopped. Nothing is kept');
    expect(told).not.toMatch(/eyJ|auth_req_id|client_secret"/);
  });

  it('refuses its own routes to other origins of the same browser', async () => {
    const { url } = ready;
    const headers = { origin: 'https://evil.example' };
    for (const [method, path] of [
      ['GET', 'demo'],
      ['POST', 'ticket?login_hint=ana@example.com'],
      ['POST', 'decide?auth_req_id=x&action=allow'],
    ] as const) {
      expect((await fetch(`${url}/local/${path}`, { method, headers })).status).toBe(403);
    }
  });
});

describe('npm run demo', () => {
  it('ends with 0 after one login, end to end', async () => {
    const { url } = await start('--port', '0');
    const { code, output } = await demo('--url', url);
    expect(output).toContain('one login, end to end');
    expect(code).toBe(0);
    const pinged = await demo('--url', url, '--delivery', 'ping');
    expect(pinged.output).toMatch(/pinged; POST \S+\/token: the tokens are here[\s\S]*one login, end to end/);
    const pushed = await demo('--url', url, '--delivery', 'push');
    expect(pushed.output).toMatch(/pushed: the tokens themselves are here[\s\S]*claim:auth_req_id/);
    expect([pinged.code, pushed.code]).toEqual([0, 0]);
  });

  it('shows a number in both directions, a withdrawal, and an approval that may wait for days', async () => {
    const { url } = await start('--port', '0', '--limits', 'off');
    const typed = await demo('--url', url, '--number-matching', 'phone_enters');
    expect(typed.output).toMatch(/the client shows \d\d, and[\s\S]*"mca"[\s\S]*one login, end to end/);
    const entered = await demo('--url', url, '--number-matching', 'client_enters', '--long');
    expect(entered.output).toMatch(
      /valid for 259200 s[\s\S]*reminded 60 minutes before the end[\s\S]*\d\d is right[\s\S]*"mca"[\s\S]*one login, end to end/,
    );
    const withdrawn = await demo('--url', url, '--withdraw');
    expect(withdrawn.output).toMatch(
      /404 not_found: no phone has[\s\S]*400 access_denied: The client withdrew [\s\S]*one request, asked and withdrawn/,
    );
    expect([typed.code, entered.code, withdrawn.code]).toEqual([0, 0, 0]);
  });

  it('ends with 1 for an unknown way of delivery', async () => {
    const { code, output } = await demo('--delivery', 'post');
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('must be poll, ping or push') });
  });

  it('ends with 1 and says what to do when nothing answers', async () => {
    const { code, output } = await demo('--url', 'http://localhost:9');
    expect(output).toContain('npm start');
    expect(code).toBe(1);
  });
});
