import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTerminals } from '../../support/engines.ts';
import type { TestClient } from '../../support/world.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { type RunningCiba, startCiba } from '../support/ciba-running.ts';
import { OperatedWorld } from '../support/operated-world.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

let operated: OperatedWorld;
beforeAll(async () => {
  operated = await OperatedWorld.start();
}, 120_000);
afterAll(() => operated?.[Symbol.asyncDispose]());

/** Starts a tail, and waits until it is connected: its own first line comes back. */
async function tail(...args: readonly string[]): Promise<RunningCiba> {
  const run = startCiba(['tail', '--since', '0s', ...args], { env: operated.env });
  await run.said(/Ctrl-C ends it\./);
  return run;
}
async function ended(run: RunningCiba): Promise<{ code: number | null; stdout: string; stderr: string }> {
  run.kill('SIGINT');
  return run.ended;
}
const jsonLines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
/** The route and the status of each line. */
const told = (stdout: string) => jsonLines(stdout).map(({ route, status }) => `${String(route)} ${String(status)}`);

describe('ciba tail, at the local provider', () => {
  it('prints the lines of the functions as they are with --json, and no audit line; Ctrl-C ends it with a summary', async () => {
    const run = await tail('--json', '--client', operated.poll.client_id);
    const { txn } = await operated.pollLogin();
    await run.said(/"approval_seconds"/);
    const { code, stdout, stderr } = await ended(run);
    expect(code).toBe(0);
    expect(told(stdout)).toEqual([
      'POST /bc-authorize 200',
      'POST /token 400',
      'POST /token 400',
      'GET /device/requests/{request_id} 200',
      'POST /device/requests/{request_id}/response 204',
      'POST /token 200',
    ]);
    for (const line of stdout.trimEnd().split('\n')) expect(operated.world.logs).toContain(line);
    expect(new Set(jsonLines(stdout).map((line) => line['txn']))).toEqual(new Set([txn]));
    expect(stderr).toMatch(/^ciba: 6 lines in \d+ s: 4 ok, 1 pending, 1 refused\.$/m);
  });

  it('shows the phone and the ping of a login for its client, and nothing of other clients', async () => {
    const run = await tail('--json', '--client', operated.ping.client_id);
    await operated.pollLogin();
    await operated.pingLogin();
    await run.said(/"notification_status"/);
    await run.said(/"approval_seconds"/);
    const { stdout } = await ended(run);
    const routes = told(stdout);
    expect(routes).toContain('SQS client-notification 200');
    expect(routes).toContain('POST /device/requests/{request_id}/response 204');
    expect(routes.filter((one) => one.startsWith('POST /bc-authorize'))).toHaveLength(1);
  });

  it('shows a user by an identifier of theirs, with what their phone asks for itself', async () => {
    const { world } = operated;
    const other = await world.person();
    const run = await tail('--json', '--user', other.email);
    await operated.pollLogin();
    await other.phone.list();
    await world.asked(operated.poll, { login_hint: other.email });
    await run.said(/bc-authorize/);
    const { stdout } = await ended(run);
    expect(told(stdout)).toEqual(['GET /device/requests 200', 'POST /bc-authorize 200']);
    expect(jsonLines(stdout).at(-1)?.['sub']).toBe(other.sub);
  });

  it.each([
    ['pending', 'POST /token 400'],
    ['refused', 'POST /bc-authorize 401'],
    ['invalid_client', 'POST /bc-authorize 401'],
  ])('shows only calls that ended as %s', async (outcome, expected) => {
    const client = await operated.world.client();
    const run = await tail('--json', '--outcome', outcome);
    const { authReqId } = await operated.world.asked(client, { login_hint: operated.person.email });
    await operated.world.poll(client, authReqId);
    const wrong: TestClient = { ...client, client_secret: 'wrong' };
    await operated.world.ask(wrong, { login_hint: operated.person.email });
    await run.said(new RegExp(`"status":${expected.slice(-3)}`));
    const { stdout } = await ended(run);
    expect(new Set(told(stdout))).toEqual(new Set([expected]));
  });

  it.each([
    ['refusd', 'did you mean refused?'],
    ['acces_denied', 'did you mean access_denied?'],
    ['polled_to_fast', 'did you mean polled_too_fast?'],
    ['zzz', 'not "zzz"'],
  ])('refuses --outcome %s at once, because no line can have it', async (word, said) => {
    const { code, stderr } = await cibaInOne(['tail', '--outcome', word], { env: operated.env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('shows only lines of a function, and suggests the name of one that does not exist', async () => {
    const run = await tail('--function', 'device');
    await operated.pollLogin();
    await run.said(/\/response/);
    const { stdout } = await ended(run);
    expect(stdout).not.toContain('/token');
    const { code, stderr } = await cibaInOne(['tail', '--function', 'tokens'], { env: operated.env });
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean token?');
  });

  it('begins with earlier lines with --since, as long as the provider has them', async () => {
    const { txn } = await operated.pollLogin();
    await operated.logged(new RegExp(`(?=.*${txn})(?=.*approval_seconds)`));
    const run = startCiba(['tail', '--since', '1h'], { env: operated.env });
    await run.said(new RegExp(`${txn}  tokens, `));
    const { stdout } = await ended(run);
    // Through a pipe nothing is cut, and nothing is coloured.
    expect(stdout).not.toContain('\u001B[');
    expect(stdout).toMatch(
      new RegExp(`^\\d\\d:\\d\\d:\\d\\d  200  POST /bc-authorize .*${txn}  push accepted for 1 of 1 phone`, 'm'),
    );
  });

  it('says that there is no provider', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.close();
    const { code, stderr } = await cibaInOne(['tail'], { env: { CIBA_URL: url } });
    expect(code).toBe(1);
    expect(stderr).toContain(`No answer from ${url}: nothing listens there.`);
  });
});

describe.skipIf(!hasTerminals())('ciba tail, in a terminal', () => {
  const seen = (columns: number, more: Record<string, string> = {}) =>
    inTerminal(`${CIBA} tail --since 1h`, {
      columns,
      env: { ...operated.env, ...more },
      typed: [{ after: /\/token|POST \/token/, keys: '\u0003' }],
    });

  it.each([80, 200])('has one line a call, at most %i wide, with a coloured state', async (columns) => {
    await operated.pollLogin();
    const { code, screen } = await seen(columns);
    expect(code).toBe(0);
    const lines = screen.split('\n').filter((line) => /^\d\d:\d\d:\d\d/.test(line));
    expect(lines.length).toBeGreaterThan(3);
    const plain = lines.map((line) => stripVTControlCharacters(line));
    for (const line of plain) expect([...line].length).toBeLessThanOrEqual(columns);
    expect(lines.some((line) => line.includes('\u001B[32m200\u001B[0m'))).toBe(true);
    // The columns stand below each other.
    const places = plain
      .filter((line) => line.includes('bc-authorize'))
      .map((line) => line.search(/ {2}(200|401) {2}/));
    expect(new Set(places)).toEqual(new Set([8]));
  });

  it('has no colour with NO_COLOR', async () => {
    await operated.pollLogin();
    const { screen } = await seen(80, { NO_COLOR: '1' });
    expect(screen).toContain('  200  ');
    expect(screen).not.toContain('\u001B[32m');
  });
});
