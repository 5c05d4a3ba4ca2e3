import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { type ClientRun, runClient } from './support/client-run.ts';
import { freePort } from './support/free-port.ts';
import type { Command } from './support/languages.ts';
import { commandsOf, MARKDOWN, PROGRAMS, runnableOf } from './support/page.ts';
import { endPrograms } from './support/program-run.ts';
import { type ProviderOverTls, startProviderOverTls } from './support/provider-over-tls.ts';

// The programs of docs/clients.md, as a developer would copy them, with the libraries that others publish. Nothing of this
// project is told to them but the issuer, a client and a user. Each run has its own client and its own user.

/** What a client's program is like. */
type Client = {
  readonly file: string;
  readonly delivery?: 'ping';
  /** Whether it checks the signature of the ID token. OpenID Connect Core §3.1.3.7 lets TLS do in its place. */
  readonly checksSignature?: false;
};
const CLIENTS: readonly Client[] = [
  { file: 'openid-client.mjs' },
  { file: 'openid-client-ping.mjs', delivery: 'ping' },
  { file: 'oauth4webapi.mjs' },
  { file: 'auth0-auth-js.mjs', checksSignature: false },
  { file: 'node-auth0.mjs' },
  { file: 'auth0-python.py' },
  { file: 'authlib-requests.py' },
  { file: 'goclient.go' },
  { file: 'Nimbus.java' },
  { file: 'Auth0Java.java' },
  { file: 'SpringClient.java' },
  { file: 'libiddawc.c' },
  { file: 'curl.sh', checksSignature: false },
];

const runnable = await runnableOf(CLIENTS);
const polling = runnable.filter(({ delivery }) => delivery === undefined);
const pinged = runnable.filter(({ delivery }) => delivery === 'ping');

/** Returns the packages that are installed for this test, as the page writes them. */
function pinned(): readonly string[] {
  const read = (file: string) => readFileSync(join(root, 'test/clients', file), 'utf8');
  const { dependencies } = JSON.parse(read('javascript/package.json')) as { dependencies: Record<string, string> };
  const inPom = /<groupId>(\S+)<\/groupId>\s*<artifactId>(\S+)<\/artifactId>\s*<version>(\S+)<\/version>/g;
  return [
    ...Object.entries(dependencies).map(([name, version]) => `${name}@${version}`),
    ...[...read('python/requirements.txt').matchAll(/^# {3}(\S+)$/gm)].map(([, one = '']) => one),
    ...[...read('go/go.mod').matchAll(/^\t(\S+) (\S+)$/gm)].map(([, name, version]) => `${name}@${version}`),
    ...[...read('java/pom.xml').matchAll(inPom)].map(([, ...coordinates]) => coordinates.join(':')),
  ];
}

let provider: ProviderOverTls;
let commands: ReadonlyMap<string, Command>;
beforeAll(async () => {
  provider = await startProviderOverTls();
  commands = await commandsOf(runnable, provider.authorityFile);
});
afterAll(async () => {
  endPrograms();
  await provider?.close();
});

/** Starts a program with a new client. */
async function start(
  { file, delivery }: Client,
  { isForged = false, env = {} }: { isForged?: boolean; env?: Readonly<Record<string, string>> } = {},
): Promise<ClientRun> {
  const PORT = String(await freePort());
  const client = await provider.world.client({
    scope: 'openid profile',
    // Those that show it in the body may do so too.
    token_endpoint_auth_method: 'client_secret_basic',
    ...(delivery && {
      backchannel_token_delivery_mode: delivery,
      backchannel_client_notification_endpoint: `https://localhost:${PORT}/`,
    }),
  });
  if (isForged) provider.forge(client.client_id);
  const command = commands.get(file);
  if (command === undefined) throw new Error(`${file} was not prepared`);
  return runClient(provider, command, { client, env: { PORT, ...env } });
}

/** Starts a program, and answers as its user: when it has polled too early, or at once if it waits for a ping. */
async function answered(client: Client, decision: 'approve' | 'deny', isForged = false): Promise<ClientRun> {
  const run = await start(client, { isForged });
  const requestId = await run.asked();
  if (client.delivery !== 'ping') await run.polled();
  expect(await provider.world.answer(run.phone, requestId, decision)).toBe(204);
  return run;
}

describe('the programs of the page', () => {
  it('are those of this test, and no others', () => {
    expect([...PROGRAMS.keys()].filter((file) => !/^(api|Spring(Api|IssuerUri))/.test(file)).sort()).toEqual(
      CLIENTS.map(({ file }) => file).sort(),
    );
  });

  it('have the libraries that the page tells its readers to install', () => {
    const installs = [...MARKDOWN.matchAll(/^`(?:(?:npm|pip) install |go get )?(?<packages>[^`]*\d\.\d[^`]*)`/gm)];
    const named = installs.flatMap(({ groups }) => groups?.['packages']?.split(' ') ?? []);
    expect(named).toContain('golang.org/x/oauth2@v0.38.0');
    expect(pinned()).toEqual(expect.arrayContaining(named));
  });
});

describe.concurrent.each(pinged)('$file', (client) => {
  it('asks for its end when no ping came for as long as the request lives (CIBA §10.2)', async () => {
    const run = await start(client);
    await run.asked();
    expect(await run.ended).toEqual({ code: 1, out: '', err: 'Refused: expired_token\n' });
  });
});

describe.concurrent.each(runnable)('$file', (client) => {
  it('asks, waits, and greets the user who approved (CIBA §7, §10.1, §10.2)', async () => {
    const run = await answered(client, 'approve');
    expect(await run.ended).toEqual({ code: 0, out: 'Logged in: Ana Lindqvist\n', err: '' });
  });

  it('says that the user denied (CIBA §11)', async () => {
    const run = await answered(client, 'deny');
    expect(await run.ended).toEqual({ code: 1, out: '', err: 'Refused: access_denied\n' });
  });

  it('says that nobody has this name (CIBA §13)', async () => {
    const run = await start(client, { env: { LOGIN_HINT: 'nobody@example.com', SUB: 'nobody' } });
    expect(await run.ended).toEqual({ code: 1, out: '', err: 'Refused: unknown_user_id\n' });
  });

  if (client.checksSignature !== false)
    it('greets nobody if the ID token was changed on its way (OpenID Connect Core §3.1.3.7)', async () => {
      const run = await answered(client, 'approve', true);
      const { code, out, err } = await run.ended;
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/signature|does not hold/i);
    });
  else
    it('leaves it to TLS that the ID token is unchanged (OpenID Connect Core §3.1.3.7)', async () => {
      const run = await answered(client, 'approve', true);
      expect(await run.ended).toEqual({ code: 0, out: 'Logged in: Mallory\n', err: '' });
    });
});

// Last, because it moves the clock for all.
describe('each program that polls', () => {
  it('says that nobody answered in time (CIBA §11)', async () => {
    const runs = await Promise.all(polling.map((client) => start(client)));
    for (const run of runs) await run.asked();
    for (const run of runs) await run.polled();
    provider.world.runtime.advance(31);
    const ended = await Promise.all(runs.map((run) => run.ended));
    const expected = { code: 1, out: '', err: 'Refused: expired_token\n' };
    expect(polling.map(({ file }, index) => ({ file, ...ended[index] }))).toEqual(
      polling.map(({ file }) => ({ file, ...expected })),
    );
  });
});
