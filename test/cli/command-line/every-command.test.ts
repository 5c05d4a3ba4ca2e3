import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Command } from '../../../cli/command-line/command.ts';
import { vocabulary } from '../../../cli/commands/registry.ts';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { RESEND_PAUSE_SECONDS } from '../../../provider/core/asking/resend.ts';
import { NAMED } from '../../support/json-shapes/named-shapes.ts';
import { membersOf } from '../../support/json-shapes/shape.ts';
import { PRINTED } from '../../support/json-shapes/shapes.ts';
import { World } from '../../support/world.ts';
import { ciba } from '../support/ciba-process.ts';
import { startCiba } from '../support/ciba-running.ts';
import { EveryCommand, notify, startLambda } from '../support/every-command.ts';

// Every command in a script: no terminal, nothing comes in on standard input, and --json. One story, in order, because
// most commands are about what an earlier one made.

const all: readonly (readonly [words: string, command: Command])[] = [
  ...vocabulary.nouns.flatMap(({ name, commands }) =>
    commands.map((command) => [`${name} ${command.name}`, command] as const),
  ),
  ...vocabulary.standalone.map((command) => [command.name, command] as const),
];

/** Members that this story does not meet, with the file whose test shows them. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  'a client.jwks_uri?': 'test/e2e/signed-requests.test.ts',
  'a client.synthetic?': 'test/e2e/synthetic-login.test.ts',
  'a user.synthetic?': 'test/e2e/synthetic-login.test.ts',
  'user show.synthetic?': 'test/e2e/synthetic-login.test.ts',
  'user list.users[].synthetic?': 'test/e2e/synthetic-login.test.ts',
  'user find.users[].synthetic?': 'test/e2e/synthetic-login.test.ts',
  'request list.requests[].attempts[].accepted?': 'test/e2e/resend.test.ts',
  'request list.requests[].attempts[].errors?': 'test/e2e/resend.test.ts',
  'request show.attempts[].accepted?': 'test/e2e/resend.test.ts',
  'request show.attempts[].errors?': 'test/e2e/resend.test.ts',
  'user export.user_code?': 'test/e2e/people-records.test.ts',
  'device list.devices[].leftover?': 'test/e2e/broken-off-changes.test.ts',
  'push-credentials refresh.APNS?.why?': 'test/cli/commands/push-credentials.test.ts',
  'push-credentials refresh.APNS_SANDBOX?.why?': 'test/cli/commands/push-credentials.test.ts',
  'push-credentials refresh.GCM?.arn?': 'test/cli/commands/push-credentials.test.ts',
  'phone list.requests[].number_matching?': 'test/e2e/number-matching.test.ts',
  'phone list.requests[].awaiting_number?': 'test/e2e/number-matching.test.ts',
  'listen.checked?.client_id?': 'test/cli/commands/listen.test.ts',
  'trace.steps[].until?': 'test/cli/trace/timeline.test.ts',
  'trigger.difference?': 'test/cli/trigger',
  'an examination.stack?': 'test/cli/doctor/doctor.test.ts',
  'an examination.region?': 'test/cli/doctor/doctor.test.ts',
};

// One story has some twenty processes and three answers that are waited for.
vi.setConfig({ testTimeout: 400_000 });

let world: World;
let every: EveryCommand;
let folder: string;
let lambda: Awaited<ReturnType<typeof startLambda>>;
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ciba-every-'));
  world = await World.start({ clock: 'running', variables: { REQUEST_LIMITS: '{}' } });
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  lambda = await startLambda(world.runtime);
  every = new EveryCommand({
    CIBA_URL: world.runtime.url,
    XDG_CONFIG_HOME: folder,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  });
});
afterAll(async () => {
  lambda?.server.close();
  await world?.close();
  rmSync(folder, { recursive: true });
});

/** Starts asking a user, and returns the id of the request when the phone has it. */
async function asking(user: string, client: string, ...more: readonly string[]) {
  const running = every.start('ask', [user, '--client', client, ...more]);
  const [, txn = ''] = await running.said(/txn ([0-9a-f]+)/);
  const { requests } = await every.run<{ requests: { request_id: string }[] }>('phone list', ['--key', path('phone')]);
  return { running, txn, requestId: String(requests[0]?.request_id) };
}

describe('without a terminal, each command ends or is ended, and prints what docs/cli.md says', () => {
  it('contexts, completion, version', async () => {
    const url = ['--url', 'https://login.example.com', '--stack', 'ciba-main', '--region', 'eu-west-1'];
    await every.run('context add', ['production', ...url, '--profile', 'main']);
    await Promise.all([
      every.run('context list', []),
      every.run('context show', ['--context', 'production']),
      every.run('completion', ['bash']),
      every.run('version', []),
    ]);
    await every.run('context use', ['local']);
    await every.run('context remove', ['production']);
  });

  it('clients', async () => {
    const body = {
      client_id: 'desk',
      client_name: 'Desk',
      scope: 'openid pay',
      scope_descriptions: { pay: 'Pay' },
      token_endpoint_auth_method: 'client_secret_basic',
      audiences: ['orders'],
      default_audience: 'orders',
      jwt_typ_audiences: ['orders'],
      strict_token_endpoint_auth_method: true,
      requests_per_minute: 50,
      client_secret_days: 90,
      require_openid_scope: true,
      backchannel_user_code_parameter: true,
      login_hint_token_issuers: [
        {
          issuer: 'hints',
          jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }] },
          audience: 'logins',
        },
        { issuer: 'phones', jwks_uri: 'https://phones.example/keys' },
      ],
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }] },
      backchannel_authentication_request_signing_alg: 'ES256',
      require_signed_request_object: false,
    };
    const { client_secret: secret = '' } = await every.run('client create', ['--from', '-'], {
      input: JSON.stringify(body),
    });
    writeFileSync(path('secret'), secret);
    const keyed = ['--client-id', 'bank', '--client-name', 'Bank', '--token-endpoint-auth-signing-alg', 'ES256'];
    await every.run('client create', [...keyed, '--key-file', path('bank')]);
    await Promise.all([
      every.run('client show', ['bank']),
      every.run('client list', ['--limit', '1']),
      every.run('client test', ['desk', '--secret-file', path('secret')]),
      every.run('client test', ['bank', '--key-file', path('bank')]),
    ]);
    const other = [
      '--client-id',
      'other',
      '--client-name',
      'Other',
      '--token-endpoint-auth-method',
      'client_secret_post',
    ];
    await every.run('client create', other);
    await every.run('client rotate-secret', ['other']);
    await every.run('client end-old-secret', ['other', '--yes']);
    await every.run('client new-secret', ['other', '--yes']);
    await every.run('client update', ['other', '--only-sub', 'mira', '--number-matching', 'phone_enters']);
    const ping = ['--backchannel-token-delivery-mode', 'ping', '--backchannel-client-notification-endpoint'];
    await every.run('client update', ['other', ...ping, 'https://localhost:1/']);
    await every.run('client test', ['other'], { codes: [1] });
    await every.run('client delete', ['other', '--yes']);
  });

  it('users, tickets, phones', async () => {
    const claims = ['--name', 'Mira Holt', '--given-name', 'Mira', '--family-name', 'Holt'];
    const named = ['--email', 'mira@example.com', '--email-verified', '--preferred-username', 'mira'];
    const phone = ['--phone-number', '+4930901820', '--phone-number-verified'];
    await every.run('user create', ['--sub', 'mira', ...claims, ...named, ...phone]);
    await every.run('user set-code', ['mira'], { input: '4711\n' });
    await every.run('user show', ['mira']);
    await every.run('user remove-code', ['mira', '--yes']);
    await every.run('user update', ['mira', '--name', 'Mira H.']);
    await every.run('user block', ['mira']);
    await every.run('user show', ['mira']);
    await every.run('user find', ['mira@example.com']);
    await every.run('user list', ['--limit', '1', '--blocked']);
    await every.run('user unblock', ['mira']);
    await every.run('user invite', ['bea@example.com', '--create']);
    await every.run('user list', ['--limit', '1']);
    const lines = '{"sub":"cem","email":"cem@example.com"}\n{"sub":"cem","email":"cem@example.com"}\n';
    await every.run('user import', ['-', '--format', 'jsonl'], { input: lines, codes: [0, 7] });
    const { uri = '' } = await every.run('ticket create', ['mira']);
    const enrolled = await every.run('phone enrol', ['--key', path('phone'), '--ticket', '-'], { input: uri });
    await every.run('ticket list', ['mira']);
    await every.run('device list', ['mira']);
    await every.run('ticket end', ['mira']);
    const second = await every.run('phone enrol', ['--key', path('second'), '--user', 'mira@example.com']);
    await every.run('device remove', ['mira', String(second['device_id']), '--yes']);
    expect(enrolled['sub']).toBe('mira');
  });

  it('logins, and what they leave', async () => {
    const credential = ['--secret-file', path('secret'), '--scope', 'openid pay'];
    const approved = await asking('mira', 'desk', ...credential, '--show-tokens', '--binding-message', 'Call 7');
    const watch = every.run('phone watch', ['--key', path('phone')], { until: /details_hash/ });
    await every.run('phone show', [approved.requestId, '--key', path('phone')]);
    await watch;
    await every.run('phone approve', [approved.requestId, '--key', path('phone')]);
    every.check('ask', await approved.running.ended);
    const reported = await asking('mira', 'bank', '--key-file', path('bank'), '--scope', 'openid');
    await every.run('phone deny', [reported.requestId, '--key', path('phone'), '--reason', 'fraud']);
    every.check('ask', await reported.running.ended, { codes: [3] });
    const denied = await asking('mira', 'desk', ...credential);
    await every.run('phone deny', [denied.requestId, '--key', path('phone')]);
    every.check('ask', await denied.running.ended, { codes: [3] });
    await every.run('ask', ['mira', '--client', 'desk', ...credential], { codes: [5] });
    await every.run('request list', ['mira']);
    await every.run('request show', ['mira', approved.txn]);
    await every.run('user blocks', ['mira']);
    await every.run('user unblock-client', ['mira', 'bank']);
    await every.run('evidence export', [approved.txn, '--out', path('evidence')]);
    const { txn } = reported;
    await every.run('evidence export', [txn]);
    await every.run('evidence export', [txn, '--out', path('fraud')]);
    await every.run('evidence verify', [path('fraud')]);
    await every.run('evidence verify', ['-'], { input: readFileSync(path('evidence'), 'utf8') });
    await Promise.all([
      every.run('audit', ['--user', 'mira']),
      every.run('trace', ['-'], { input: approved.txn }),
      every.run('trace', [denied.txn]),
      every.run('tail', ['--since', '1h'], { until: /"route"/ }),
      every.run('user export', ['mira', '--trail']),
    ]);
    await every.run('user erase', ['mira', '--confirm', 'mira']);
    await every.run('user create', ['--sub', 'gone', '--email', 'gone@example.com']);
    await every.run('user block', ['gone']);
    await every.run('user delete', ['gone', '--yes']);
  });

  it('a request of its own: resend, withdraw', async () => {
    const client = await world.client();
    writeFileSync(path('own'), client.client_secret);
    const { authReqId } = await world.asked(client, { login_hint: (await world.person()).email });
    world.runtime.advance(RESEND_PAUSE_SECONDS);
    const own = [authReqId, '--client', client.client_id, '--secret-file', path('own')];
    await every.run('resend', own);
    await every.run('withdraw', own);
  });

  it('the provider: keys, log level, push credentials, doctor', async () => {
    const { keys } = await every.run<{ keys: { kid: string }[] }>('keys list', []);
    await every.run('keys rotate', ['--function', 'signing-keys']);
    await every.run('keys revoke', [String(keys[0]?.kid), '--function', 'signing-keys', '--yes']);
    await every.run('push-credentials refresh', ['--function', 'platform-application'], { codes: [1] });
    await every.run('log-level set', ['debug', '--for', '10m']);
    await every.run('log-level get', []);
    await every.run('doctor', [], { codes: [0, 1] });
    await every.run('status', [], { codes: [0, 1] });
  });

  it('scenarios', async () => {
    await every.run('trigger', []);
    await every.run('trigger', ['wrong-secret']);
  });

  it('what runs until it is ended: up, listen', async () => {
    await every.run('up', ['--port', '0'], { until: /ready/ });
    const app = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    const { port } = app.address() as AddressInfo;
    for (const to of [port, 1]) {
      const running = every.start('listen', ['--port', '0', '--count', '1', '--forward', `http://127.0.0.1:${to}/`]);
      const [, url = ''] = await running.said(/^Listening on (\S+)$/m);
      await notify(url);
      every.check('listen', await running.ended);
    }
    for (const members of [{ error: 'access_denied' }, { access_token: 'a', id_token: 'i' }]) {
      const running = every.start('listen', ['--port', '0', '--count', '1']);
      const [, url = ''] = await running.said(/^Listening on (\S+)$/m);
      await notify(url, members);
      every.check('listen', await running.ended);
    }
    app.close();
  });
});

describe('of every command', () => {
  it('the story has run each, and a shape is documented for each', () => {
    const names = all.map(([words]) => words).toSorted();
    expect([...every.ran].toSorted()).toEqual(names);
    expect(Object.keys(PRINTED).toSorted()).toEqual(names);
  });

  it('each documented member was printed, or another test shows it', () => {
    const documented = [
      ...Object.entries(PRINTED).flatMap(([words, printed]) =>
        'nothing' in printed ? [] : membersOf('json' in printed ? printed.json : printed.lines, words),
      ),
      ...Object.entries(NAMED).flatMap(([name, shape]) => membersOf(shape, name)),
    ];
    const unseen = documented.filter((member) => !every.seen.has(member) && SHOWN_ELSEWHERE[member] === undefined);
    expect(unseen).toEqual([]);
  });

  const undoable = all.filter(([, { cannotBeUndone }]) => cannotBeUndone !== undefined);
  it.each(undoable)('%s refuses without --yes where nobody can be asked, and does not wait', async (words, command) => {
    const args = [...words.split(' '), ...command.arguments.map(({ of }) => of?.[0] ?? 'x')];
    const running = startCiba(args, { env: { CIBA_URL: world.runtime.url } });
    const { code, stdout, stderr } = await running.ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('There is no terminal to ask in: add --yes');
  });

  it('a command that is refused prints no JSON, and exits 1', async () => {
    const refused = await ciba(['client', 'show', 'nope', '--json'], { env: { CIBA_URL: world.runtime.url } });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
  });
});
