import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { ciba as cibaAlone } from '../support/ciba-process.ts';

const DAY_SECONDS = 86_400;
const NOW = Math.floor(Date.now() / 1000);
type Listed = { clients: { client_id: string }[]; next?: string };

let runtime: Runtime;
const list = (...options: readonly string[]) =>
  cibaInOne(['client', 'list', ...options], { env: { CIBA_URL: runtime.url } });
const idsOf = ({ clients }: Listed) => clients.map(({ client_id: id }) => id);
async function listed(...options: readonly string[]): Promise<Listed> {
  const { code, stdout } = await list(...options, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Listed;
}

async function create(metadata: Record<string, unknown>): Promise<void> {
  const body = JSON.stringify({ client_name: `Client ${metadata['client_id']}`, ...metadata });
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(`${runtime.url}/admin/clients`, { method: 'POST', headers, body });
  expect(status).toBe(201);
}

const secret = { token_endpoint_auth_method: 'client_secret_basic' };
const key = {
  jwks: {
    keys: [
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
    ],
  },
};
const ping = {
  backchannel_token_delivery_mode: 'ping',
  backchannel_client_notification_endpoint: 'https://client.example/',
};

beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  await create({ client_id: 'a-keyed', ...key });
  await create({ client_id: 'b-soon', ...secret, client_secret_days: 5 });
  await create({ client_id: 'c-later', ...secret, client_secret_days: 90, ...ping });
  await create({ client_id: 'd-never', ...secret });
  await create({ client_id: 'e-mute', ...key, grant_types: [] });
  for (let number = 0; number < 60; number += 1)
    await create({ client_id: `many-${String(number).padStart(2, '0')}`, ...secret, ...(number === 57 && ping) });
});
afterAll(() => runtime?.close());

it('lists fifty clients, and says on standard error how to go on', async () => {
  const { stdout, stderr, code } = await list();
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(51);
  expect(lines[0]).toMatch(/^CLIENT ID +NAME +STATE +AUTHENTICATION +DELIVERY +SECRET ENDS +SCOPE$/);
  const last = lines.at(-1)?.split(' ')[0];
  expect(stderr).toBe(`ciba: There may be more: add --after ${last}, or list --all.\n`);
});

it('--all lists them all, and says nothing more', async () => {
  const { stdout, stderr } = await list('--all');
  expect(stdout.trimEnd().split('\n')).toHaveLength(66);
  expect(stderr).toBe('');
});

it.each([1, 3, 7, 49, 50, 51, 64])(
  'pages of %i, one after the other, are the whole list and nothing twice',
  async (limit) => {
    const all = idsOf(await listed('--all'));
    const seen: string[] = [];
    let next: string | undefined;
    for (let pages = 0; pages < 70; pages += 1) {
      const page: Listed = await listed('--limit', String(limit), ...(next === undefined ? [] : ['--after', next]));
      expect(page.clients.length).toBeLessThanOrEqual(limit);
      seen.push(...idsOf(page));
      next = page.next;
      if (next === undefined) break;
    }
    expect(seen).toEqual(all);
  },
  120_000,
);

it('a page of the API that is shown whole is shown as the API sent it', async () => {
  const { stdout } = await list('--after', 'many-30', '--json');
  const sent = await (await fetch(`${runtime.url}/admin/clients?after=many-30`)).text();
  expect(stdout).toBe(`${sent}\n`);
});

it.each([
  [
    ['--backchannel-token-delivery-mode', 'ping'],
    ['c-later', 'many-57'],
  ],
  [['--backchannel-token-delivery-mode', 'ping', '--limit', '1'], ['c-later']],
  [
    ['--token-endpoint-auth-method', 'private_key_jwt'],
    ['a-keyed', 'e-mute'],
  ],
  [['--secret-ends-before', '30d'], ['b-soon']],
  [
    ['--secret-ends-before', new Date((NOW + 91 * DAY_SECONDS) * 1000).toISOString().slice(0, 10)],
    ['b-soon', 'c-later'],
  ],
  [['--secret-ends-before', '91d', '--backchannel-token-delivery-mode', 'ping'], ['c-later']],
  [['--secret-ends-before', '1s'], []],
])('%j picks %j, on whatever page they are', async (options, ids) => {
  expect(idsOf(await listed(...options))).toEqual(ids);
});

it('shows the state of each client', async () => {
  const { stdout } = await list('--limit', '5');
  const states = stdout
    .split('\n')
    .slice(1, 6)
    .map((line) => line.split(/ {2,}/).slice(0, 6));
  const at = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(states.map((line) => [line[0], line[2], line[4], line[5]])).toEqual([
    ['a-keyed', 'works', 'poll', '-'],
    ['b-soon', 'secret ends soon', 'poll', at],
    ['c-later', 'works', 'ping', at],
    ['d-never', 'works', 'poll', 'never'],
    ['e-mute', 'may not ask', 'poll', '-'],
  ]);
});

it('says that a client has two secrets while both work', async () => {
  const env = { CIBA_URL: runtime.url };
  expect((await cibaAlone(['client', 'rotate-secret', 'd-never', '--overlap', '1h'], { env })).code).toBe(0);
  expect((await list('--after', 'c-later', '--limit', '1')).stdout).toMatch(/^d-never .* two secrets /m);
});

it.each([
  [['--limit', '0'], '--limit must be 1 or more'],
  [['--limit', '5', '--all'], '--limit or --all, not both'],
  [['--limit', 'ten'], '--limit must be a whole number, not "ten"'],
  [['--secret-ends-before', 'soon'], '"soon" is no instant: give 30d, 2026-11-01 or 2026-11-01T10:00:00Z'],
  [['--backchannel-token-delivery-mode', 'pong'], 'did you mean ping?'],
])('wrong usage: %j', async (options, message) => {
  const { code, stderr } = await list(...options);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
