import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AdminApi } from '../../../cli/deployment/admin-api.ts';
import { readDeployment } from '../../../cli/deployment/deployment.ts';
import type { TriggerOutcome } from '../../../cli/trigger/outcome.ts';
import { play, type Theatre } from '../../../cli/trigger/play.ts';
import { SCENARIO_GROUPS, SCENARIOS } from '../../../cli/trigger/scenarios.ts';
import type { ShownExchange } from '../../../cli/trigger/shown.ts';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { type LogLine, World } from '../../support/world.ts';
import { WIRE } from './wire-of-scenarios.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: World;
let theatre: Theatre;
beforeAll(async () => {
  world = await World.start({ clock: 'running', variables: { REQUEST_LIMITS: '{"expiryLimit":259200}' } });
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  const deployment = readDeployment({ url: world.runtime.url }, {});
  theatre = { deployment, api: new AdminApi(deployment), over: new AbortController().signal };
});
afterAll(() => world?.close());

/** What is kept for longer than a request: clients, users, phones, their names, and requests with what belongs to them. */
async function keptItems(): Promise<readonly string[]> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const dynamodb = new DynamoDBClient({ endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials });
  const scan = async (TableName: string) => (await dynamodb.send(new ScanCommand({ TableName }))).Items ?? [];
  const items = (await Promise.all(['Directory', 'Transactions'].map(scan))).flat();
  dynamodb.destroy();
  const kinds = /^(CLIENT#[^ ]|NAME#|USER#|LOGIN#|ENDPOINT#|EVIDENCEKEY#|REQUEST#)/;
  // A request that a reported client makes is for nobody. No phone and no erasure knows it, and it expires by itself.
  const known = items.filter((item) => item['denied_from'] === undefined && item['sealed'] === undefined);
  return known.map(({ pk, sk }) => `${pk?.S} ${sk?.S}`).filter((key) => kinds.test(key));
}

/** The internal reason of a refusal. Lines come after answers. */
async function reasonOf(exchange: ShownExchange): Promise<string> {
  const id = exchange.correlation_id ?? 'none';
  const find = () => world.logs.find((line) => line.includes(id) && /"message":"request"|"level":"ERROR"/.test(line));
  const line = await vi.waitFor(() => find() ?? Promise.reject(new Error(`no log line for ${id}`)), 20_000);
  const { reason } = JSON.parse(line) as LogLine;
  return reason === undefined ? 'a fault' : String(reason);
}

/** A line for each call: who, what, how much later, the status, the error, and why the provider says so. */
async function wireOf({ exchanges }: TriggerOutcome): Promise<readonly string[]> {
  const lines = exchanges.map(async (exchange) => {
    const { by, path, later_seconds: later, status, answer, correlation_id: id } = exchange;
    const isRefused = status !== undefined && status >= 400 && id !== undefined;
    const why = isRefused ? ` (${await reasonOf(exchange)})` : '';
    const error = answer['error'] === undefined ? '' : ` ${answer['error']}`;
    const who = by === 'phone 2' ? 'phone' : by;
    return `${who} ${path}${later === undefined ? '' : ' later'} ${status ?? 'no answer'}${error}${why}`;
  });
  return Promise.all(lines);
}

/** No token, no secret, no auth_req_id, no JWT. */
function expectNoSecrets(outcome: TriggerOutcome): void {
  const printed = JSON.stringify(outcome);
  expect(printed).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  for (const { answer } of outcome.exchanges)
    for (const name of ['auth_req_id', 'access_token', 'id_token', 'details'])
      expect([undefined, '…']).toContain(answer[name]);
}

async function expectAsItSays(name: string): Promise<void> {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (!scenario) throw new Error(`there is no scenario ${name}`);
  const outcome = await play(scenario, theatre);
  const wire = await wireOf(outcome);
  // Which of two phones is answered first is chance.
  if (name === 'two-phones') expect(wire.toSorted()).toEqual(WIRE[name]?.toSorted());
  else expect(wire).toEqual(WIRE[name]);
  expect(outcome).toMatchObject({ scenario: name, outcome: 'as_expected' });
  const { by = 'client', status } = scenario.ends;
  expect(outcome.saw).toMatchObject({ by: expect.stringMatching(`^${by}`), status });
  expect(outcome.expected.pushed).toBe(scenario.ends.pushed);
  const callers = new Set(outcome.exchanges.map((exchange) => exchange.by));
  expect(callers.has('phone 2')).toBe(name === 'two-phones');
  expectNoSecrets(outcome);
}

// They cool functions, which would end calls of others.
const ALONE = ['Tokens and keys', 'The notification endpoint of the client', 'Tokens that are pushed to the client'];
const namesIn = (isAlone: boolean) =>
  SCENARIO_GROUPS.filter(({ title }) => ALONE.includes(title) === isAlone)
    .flatMap(({ scenarios }) => scenarios)
    .map(({ name }) => name);

describe('each scenario goes as it says: what was called, what was answered, and why', () => {
  it.concurrent.each(namesIn(false))('%s', expectAsItSays);
});

describe('each scenario with pings, pushes or keys goes as it says', () => {
  it.each(namesIn(true))('%s', expectAsItSays, 150_000);
});

describe('after all scenarios', () => {
  it('there is no client, no user, no phone, no request, no push endpoint and no fault of them', async () => {
    expect(await keptItems()).toEqual([]);
    expect([...world.runtime.sns.endpoints.keys()]).toEqual([]);
    expect(world.runtime.faults.active).toEqual([]);
  });
});

describe('the table of scenarios', () => {
  it('has at least 25, each with its own name, and one sentence for the list', () => {
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(25);
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
    for (const { name, about, next } of SCENARIOS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(about).toMatch(/^[A-Z].*\.$/);
      expect(next).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('names a section of a standard and of a document for each', () => {
    for (const { standard, page } of SCENARIOS) {
      expect(standard).toMatch(/^(CIBA|RFC \d+|OIDC Core)( §[\d.]+)?$/);
      expect(page).toMatch(/^(README|docs\/[\w/-]+)\.md#[\w-]+$/);
    }
  });
});
