import { once } from 'node:events';
import { createServer } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { candidatesFor } from '../../../cli/command-line/completion.ts';
import { vocabulary } from '../../../cli/commands/registry.ts';
import { AdminApi } from '../../../cli/deployment/admin-api.ts';
import { readDeployment } from '../../../cli/deployment/deployment.ts';
import type { TriggerOutcome } from '../../../cli/trigger/outcome.ts';
import { playAll } from '../../../cli/trigger/play-all.ts';
import { SCENARIO_GROUPS, SCENARIOS } from '../../../cli/trigger/scenarios.ts';
import { allText } from '../../../cli/trigger/trigger-text.ts';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { hasTerminals } from '../../support/engines.ts';
import { type TestClient, World } from '../../support/world.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { jsonOf } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';
import { CIBA, inTerminal } from '../support/terminal.ts';

let world: World;
let env: Record<string, string>;
beforeAll(async () => {
  // The limits are off.
  world = await World.start({ clock: 'running' });
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  env = { CIBA_URL: world.runtime.url };
});
afterAll(() => world?.close());

const trigger = (...words: readonly string[]) => cibaInOne(['trigger', ...words], { env });
const clientIds = async () => {
  const { body } = await world.admin('GET', '/admin/clients');
  return (body['clients'] as { client_id: string }[]).map(({ client_id: id }) => id);
};
const expectNothingLeft = async () => {
  expect((await clientIds()).filter((id) => id.startsWith('trigger-'))).toEqual([]);
  expect(world.runtime.faults.active).toEqual([]);
};

describe('ciba trigger without a scenario', () => {
  it('lists all in their groups, with a line each', async () => {
    const { code, stdout, stderr } = await trigger();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { title, scenarios } of SCENARIO_GROUPS) {
      expect(stdout).toContain(`${title}:\n`);
      for (const { name } of scenarios) expect(stdout).toMatch(new RegExp(`^  ${name} +[A-Z]`, 'm'));
    }
  });

  it('lists them as JSON', async () => {
    const { scenarios } = jsonOf<{ scenarios: Record<string, unknown>[] }>(await trigger('--json'));
    expect(scenarios).toHaveLength(SCENARIOS.length);
    expect(scenarios.find(({ name }) => name === 'deny')).toEqual({
      name: 'deny',
      group: 'What the user does',
      about: 'The user says no.',
      needs: 'local',
      expected: { by: 'client', status: 400, error: 'access_denied' },
      takes_client: true,
      next: expect.stringMatching(/^Stop\./),
      standard: 'CIBA §11',
      page: 'docs/tutorial.md#7-say-no',
    });
  });
});

describe.skipIf(!hasTerminals())('in a terminal', () => {
  it.each([
    [80, 80],
    [200, 100],
  ])('of %i columns the list has lines of at most %i', async (columns, longest) => {
    const { code, screen } = await inTerminal(`${CIBA} trigger`, { env, columns });
    expect(code).toBe(0);
    const lengths = screen.split('\n').map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
    expect(Math.max(...lengths)).toBeGreaterThan(longest - 15);
  });

  it.each([
    [80, 80],
    [200, 100],
  ])('of %i columns an outcome has lines of at most %i, and colour says how it went', async (columns, longest) => {
    const { code, screen } = await inTerminal(`${CIBA} trigger wrong-audience`, { env, columns });
    expect(code).toBe(0);
    expect(screen).toContain('\u001B[32mas the scenario says\u001B[0m');
    const lengths = stripVTControlCharacters(screen)
      .split(/[\r\n]/)
      .map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
  });
});

describe('ciba trigger SCENARIO', () => {
  it('tells each call with its answer, what was seen, what to do, and where to read', async () => {
    const { code, stdout, stderr } = await trigger('deny');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^client {4}POST \/bc-authorize {2}scope=openid {2}login_hint=trigger-deny-\w{8}-2@/m);
    expect(stdout).toMatch(/^phone {5}POST \/device\/requests\/\{request_id\}\/response {2}decision=deny/m);
    expect(stdout).toMatch(/^ {10}400 access_denied {2}error_description=The end-user denied/m);
    expect(stdout).toMatch(
      /^saw {3}the client got 400 access_denied: The end-user denied the authorization request\.$/m,
    );
    expect(stdout).toMatch(/^went {2}as the scenario says$/m);
    expect(stdout).toMatch(/^do {4}Stop\. /m);
    expect(stdout).toMatch(/^read {2}CIBA §11; docs\/tutorial\.md#7-say-no$/m);
    await expectNothingLeft();
  });

  it('prints one JSON document', async () => {
    const outcome = jsonOf<TriggerOutcome>(await trigger('unknown-user', '--json'));
    const saw = {
      by: 'client',
      method: 'POST',
      path: '/bc-authorize',
      sent: { scope: 'openid', login_hint: expect.stringMatching(/@nobody\.example$/), Authorization: '…' },
      status: 400,
      correlation_id: expect.any(String),
      answer: { error: 'unknown_user_id', error_description: 'The hint names no user of this provider.' },
    };
    expect(outcome).toEqual({
      scenario: 'unknown-user',
      outcome: 'as_expected',
      issuer: world.issuer,
      exchanges: [saw],
      expected: { by: 'client', status: 400, error: 'unknown_user_id' },
      saw,
      next: expect.stringMatching(/^Offer another way/),
      standard: 'CIBA §13',
      page: 'README.md#from-a-client-backend',
    });
  });

  it('exits 1 when the login goes another way, says which, and cleans up all the same', async () => {
    const { code, stdout } = await trigger('user-limit', '--json');
    expect(code).toBe(1);
    const { outcome, difference } = JSON.parse(stdout) as TriggerOutcome;
    expect(outcome).toBe('different');
    expect(difference).toMatch(/^POST \/bc-authorize was answered 200, and not 403 access_denied\. .*--limits off/);
    await expectNothingLeft();
  });

  it.each([
    ['denny', 'There is no scenario "denny"; did you mean deny?'],
    ['ping-unreachabel', 'did you mean ping-unreachable?'],
    ['xyzzyx', 'There is no scenario "xyzzyx"; choose one of the list'],
  ])('suggests a scenario for %s', async (typed, said) => {
    const { code, stdout, stderr } = await trigger(typed);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('must be');
  });

  it.each([
    [['deny', '--all'], 'SCENARIO or --all, not both'],
    [['--client', 'bank'], 'SCENARIO is missing'],
    [['deny', '--wait', '5'], '--wait needs --client'],
    [
      ['wrong-secret', '--client', 'bank'],
      'wrong-secret plays the client too, so it takes no --client; these do: approve,',
    ],
    [['deny', 'fraud'], 'one argument too many'],
  ])('%j is wrong usage', async (words, said) => {
    const { code, stdout, stderr } = await trigger(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
  });
});

describe('where it can be played', () => {
  it('says plainly that a deployment has no faults, phones and clocks', async () => {
    const { code, stderr } = await trigger('throttled-table', '--url', 'https://login.example.com');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^ciba: throttled-table needs a phone, a fault or a clock .* and https:\/\/login\.example\.com/,
    );
  });

  it('says plainly where nothing listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await new Promise((resolve) => closed.close(resolve));
    const { code, stderr } = await trigger('deny', '--url', url);
    expect(code).toBe(1);
    expect(stderr).toContain(`ciba: No answer from ${url}: nothing listens there.`);
  });

  it('a provider without the routes plays what needs nothing local', async () => {
    const { localRoutes } = world.runtime.gateway;
    world.runtime.gateway.localRoutes = undefined;
    try {
      const { code, stderr } = await trigger('deny');
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('has no routes for trials') });
      expect((await trigger('replayed-assertion')).code).toBe(0);
    } finally {
      world.runtime.gateway.localRoutes = localRoutes;
    }
    await expectNothingLeft();
  });
});

describe('ciba trigger --all', () => {
  it('ends with a table, in which one that went another way does not hide the others', async () => {
    const deployment = readDeployment({ url: world.runtime.url }, {});
    const theatre = { deployment, api: new AdminApi(deployment), over: new AbortController().signal };
    const said: string[] = [];
    const some = SCENARIOS.filter(({ name }) => ['no-openid', 'user-limit', 'two-hints'].includes(name));
    const outcomes = await playAll(some, theatre, (text) => said.push(text));
    expect(said).toEqual(['1 of 3: user-limit', '2 of 3: no-openid', '3 of 3: two-hints']);
    expect(allText(outcomes).split('\n')).toEqual([
      expect.stringMatching(/^SCENARIO +WENT +END$/),
      expect.stringMatching(/^user-limit +different +POST \/bc-authorize was answered 200, and not 403/),
      expect.stringMatching(/^no-openid +as it says +client 400 invalid_request$/),
      expect.stringMatching(/^two-hints +as it says +client 400 invalid_request$/),
      '',
      '2 of 3 went as they say.',
    ]);
  });
});

/** Starts a scenario for an application, and returns the name of the user to ask. */
async function startFor(scenario: string, app: TestClient, ...more: readonly string[]) {
  const run = startCiba(['trigger', scenario, '--client', app.client_id, '--json', ...more], { env });
  const [, hint = ''] = await run.said(/with login_hint (\S+@trial\.example)\./);
  return {
    run,
    hint,
    ended: () => run.ended.then(({ code, stdout }) => ({ code, ...(JSON.parse(stdout) as TriggerOutcome) })),
  };
}
const seen = ({ exchanges }: TriggerOutcome) =>
  exchanges.map(({ by, path, status, answer }) => [by, path, status, answer['error'] ?? ''].join(' ').trim());

describe('with --client, an application asks by itself', () => {
  it('and the scenario does what the user does, and tells what the application got', async () => {
    const app = await world.client();
    const { run, hint, ended } = await startFor('deny', app);
    const { authReqId } = await world.asked(app, { login_hint: hint });
    await run.said(/Your application has 30 s to see the end/);
    expect((await world.poll(app, authReqId)).body['error']).toBe('access_denied');
    const outcome = await ended();
    expect(outcome).toMatchObject({ code: 0, outcome: 'as_expected' });
    expect(seen(outcome)).toEqual([
      'client /bc-authorize 200',
      'phone /device/requests 200',
      'phone /device/requests/{request_id} 200',
      'phone /device/requests/{request_id}/response 204',
      'client /token 400 access_denied',
    ]);
    expect((await world.find(hint)).status).toBe(404);
    expect(await clientIds()).toContain(app.client_id);
  });

  it.each([
    ['blocked-user', 400, 'unknown_user_id'],
    ['no-phone', 400, 'invalid_request'],
    ['push-outage', 503, 'temporarily_unavailable'],
    ['dead-endpoint', 400, 'invalid_request'],
  ])('%s is prepared before, so that the application gets %i %s', async (scenario, status, error) => {
    const app = await world.client();
    const { hint, ended } = await startFor(scenario, app);
    const answer = await world.ask(app, { login_hint: hint });
    expect([answer.status, answer.body['error']]).toEqual([status, error]);
    const outcome = await ended();
    expect(outcome).toMatchObject({
      code: 0,
      outcome: 'as_expected',
      saw: { by: 'client', status, answer: { error } },
    });
    await expectNothingLeft();
  });

  it('throttled-table fails its calls for five seconds, and the tokens are not lost', async () => {
    const app = await world.client();
    const { hint, ended } = await startFor('throttled-table', app);
    const { authReqId } = await world.asked(app, { login_hint: hint });
    await expect.poll(() => world.runtime.faults.active.length, { timeout: 20_000 }).toBe(1);
    expect((await world.poll(app, authReqId)).body['error']).toBe('server_error');
    await expect.poll(() => world.runtime.faults.active.length, { timeout: 20_000 }).toBe(0);
    expect(await ended()).toMatchObject({ code: 0, outcome: 'as_expected', saw: { status: 500 } });
  });

  it('key-rotation signs what it gets with a key that it has not seen', async () => {
    const app = await world.client();
    const kids = async () =>
      (await (await fetch(`${world.issuer}.well-known/jwks.json`)).text()).match(/"kid":"[^"]+"/g);
    const before = await kids();
    const { run, hint, ended } = await startFor('key-rotation', app);
    const { authReqId } = await world.asked(app, { login_hint: hint });
    await run.said(/to see the end/);
    expect((await world.poll(app, authReqId)).status).toBe(200);
    expect(await ended()).toMatchObject({ code: 0, outcome: 'as_expected', saw: { status: 200 } });
    expect(await kids()).not.toEqual(before);
  });

  it('that does not come for its end went another way: exit 1', async () => {
    const app = await world.client();
    const { hint, ended } = await startFor('approve', app, '--wait', '1');
    const { authReqId } = await world.asked(app, { login_hint: hint });
    const outcome = await ended();
    expect(outcome).toMatchObject({ code: 1, outcome: 'different' });
    expect(outcome.difference).toBe('Your application did not come for the end within 1 s.');
    expect((await world.poll(app, authReqId)).body['error']).toBe('invalid_grant');
  });

  it('and another client that asks the user is told from it: exit 1', async () => {
    const [app, other] = [await world.client(), await world.client()];
    const { hint, ended } = await startFor('approve', app);
    await world.asked(other, { login_hint: hint });
    const outcome = await ended();
    expect(outcome).toMatchObject({ code: 1, outcome: 'different' });
    expect(outcome.difference).toBe(`Client ${other.client_id} asked the user, and not ${app.client_id}.`);
  });

  it('which the provider must know', async () => {
    const { code, stderr } = await trigger('deny', '--client', 'nobody-knows');
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no client') });
  });
});

describe('Ctrl-C', () => {
  it('ends it with 130, and what it made is removed', async () => {
    const app = await world.client();
    const run = startCiba(['trigger', 'deny', '--client', app.client_id], { env });
    const [, hint = ''] = await run.said(/with login_hint (\S+@trial\.example)\./);
    expect((await world.find(hint)).status).toBe(200);
    run.kill('SIGINT');
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('ciba: Interrupted. What the scenario made was removed.');
    expect((await world.find(hint)).status).toBe(404);
    await expectNothingLeft();
  });
});

describe('what cannot be removed', () => {
  it('is named, with the commands that remove it: exit 1', async () => {
    const { interference } = world.runtime.aws;
    const gone = { status: 400, body: '{"__type":"AccessDeniedException"}' };
    world.runtime.aws.interference = ({ caller, action }) =>
      caller === 'admin' && action === 'DeleteItem' ? gone : undefined;
    const { code, stderr } = await trigger('no-phone');
    world.runtime.aws.interference = interference;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ciba: Not everything that the scenario made could be removed\. /);
    const [, id = ''] = /begin with (trigger-no-phone-\w+): ciba client delete, ciba user erase\./.exec(stderr) ?? [];
    expect((await clientIds()).filter((one) => one.startsWith(id))).toHaveLength(1);
    for (const one of (await clientIds()).filter((left) => left.startsWith(id)))
      expect((await world.admin('DELETE', `/admin/clients/${one}`)).status).toBe(204);
  });
});

describe('completion', () => {
  it.each([
    ['trigger ping-', ['ping-500', 'ping-redirect', 'ping-unreachable', 'ping-timeout']],
    ['trigger throt', ['throttled-table']],
    ['trigger --a', ['--all']],
    ['trigger deny --w', ['--wait']],
    ['trigger deny ', []],
  ])('of "%s" is %j', (line, words) => {
    expect(candidatesFor(line.split(' '), vocabulary).words).toEqual(words);
  });

  it('of --client asks for the ids of clients', () => {
    expect(candidatesFor(['trigger', 'deny', '--client', ''], vocabulary).ask).toBe('clients');
  });
});
