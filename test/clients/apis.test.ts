import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.ts';
import type { Command } from './support/languages.ts';
import { commandsOf, PROGRAMS, runnableOf } from './support/page.ts';
import { type Ended, endPrograms, runProgram } from './support/program-run.ts';
import { type ProviderOverTls, startProviderOverTls } from './support/provider-over-tls.ts';
import { until } from './support/until.ts';

// The programs of docs/clients.md that check access tokens, as an API does, with the libraries that others publish.

const AUDIENCE = 'https://bank.example.com';
/** Another API of the same client. Its access tokens say `JWT` as their type. */
const OLD_API = 'https://old.example.com';
const APIS = [
  { file: 'api-jose.mjs' },
  { file: 'api-aws-jwt-verify.mjs' },
  { file: 'api-pyjwt.py' },
  { file: 'api-authlib.py' },
  { file: 'api.go' },
  { file: 'SpringApi.java' },
];
const SERVERS = [{ file: 'api-express.mjs' }];
const BY_ISSUER_URI = [{ file: 'SpringIssuerUri.java' }];
const runnable = await runnableOf(APIS);
const servers = await runnableOf(SERVERS);
const byIssuerUri = await runnableOf(BY_ISSUER_URI);

/** What an API may be shown. */
type Token = 'good' | 'for another API' | 'without the scope' | 'changed' | 'an ID token';
const REFUSED = ['for another API', 'without the scope', 'changed', 'an ID token'] as const satisfies Token[];

let provider: ProviderOverTls;
let sub: string;
let tokens: Readonly<Record<Token, string>>;
let commands: ReadonlyMap<string, Command>;
beforeAll(async () => {
  provider = await startProviderOverTls();
  const { world, authorityFile } = provider;
  const client = await world.client({
    scope: 'openid transfer',
    audiences: [AUDIENCE, OLD_API],
    jwt_typ_audiences: [OLD_API],
  });
  const person = await world.person();
  sub = person.sub;
  const login = async (scope: string, audience: string) => {
    const { authReqId, requestId } = await world.asked(client, { scope, audience, login_hint: person.email });
    await world.answer(person.phone, requestId, 'approve');
    const { body } = await world.poll(client, authReqId);
    return { access: String(body['access_token']), id: String(body['id_token']) };
  };
  const good = await login('openid transfer', AUDIENCE);
  tokens = {
    good: good.access,
    'for another API': (await login('openid transfer', OLD_API)).access,
    'without the scope': (await login('openid', AUDIENCE)).access,
    changed: changed(good.access),
    'an ID token': good.id,
  };
  commands = await commandsOf([...runnable, ...servers, ...byIssuerUri], authorityFile);
});
afterAll(async () => {
  endPrograms();
  await provider?.close();
});

/** Names somebody else, under the old signature. */
function changed(token: string): string {
  const [header, , signature] = token.split('.');
  const claims = JSON.stringify({ ...decodeJwt(token), sub: 'mallory' });
  return [header, Buffer.from(claims).toString('base64url'), signature].join('.');
}

function commandOf(file: string): Command {
  const command = commands.get(file);
  if (command === undefined) throw new Error(`${file} was not prepared`);
  return command;
}

/** Shows a token to a program. */
function show(file: string, token: Token): Promise<Ended> {
  const own = { ISSUER: provider.world.issuer, AUDIENCE, ACCESS_TOKEN: tokens[token] };
  return runProgram(commandOf(file), own).ended;
}

describe('the programs of the page for APIs', () => {
  it('are those of this test, and no others', () => {
    const ours = [...APIS, ...SERVERS, ...BY_ISSUER_URI].map(({ file }) => file);
    expect([...PROGRAMS.keys()].filter((file) => /^(api|Spring(Api|IssuerUri))/.test(file)).sort()).toEqual(
      ours.sort(),
    );
  });
});

describe.concurrent.each(runnable)('$file', ({ file }) => {
  it('lets in whoever has an access token for this API with its scope (RFC 9068 §4)', async () => {
    expect(await show(file, 'good')).toEqual({ code: 0, out: `Allowed: ${sub}\n`, err: '' });
  });

  it.each(REFUSED)('refuses one that is %s (RFC 9068 §4)', async (token) => {
    const { code, out, err } = await show(file, token);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Refused: /);
  });
});

describe.concurrent.each(byIssuerUri)('$file', ({ file }) => {
  it('refuses the type at+jwt of RFC 9068, and takes a token that says JWT, as its API asked for', async () => {
    const { code, err } = await show(file, 'good');
    expect([code, err]).toEqual([1, expect.stringMatching(/^Refused: .*typ/)]);
    expect(await show(file, 'for another API')).toEqual({ code: 0, out: `Allowed: ${sub}\n`, err: '' });
  });
});

describe.concurrent.each(servers)('$file', ({ file }) => {
  it('lets in whoever has an access token for this API with its scope, and nobody else (RFC 9068 §4)', async () => {
    const PORT = String(await freePort());
    const run = runProgram(commandOf(file), { ISSUER: provider.world.issuer, AUDIENCE, PORT });
    await until(async () => (run.printed().out.includes('Listening') ? true : undefined), 'it does not listen');
    const call = async (token: Token) => {
      const headers = { authorization: `Bearer ${tokens[token]}` };
      const response = await fetch(`http://localhost:${PORT}/transfers`, { method: 'POST', headers });
      return [response.status, response.status === 200 ? await response.json() : undefined];
    };
    expect(await call('good')).toEqual([200, { allowed: sub }]);
    expect(await Promise.all(REFUSED.map(call))).toEqual(
      [[401], [403], [401], [401]].map(([status]) => [status, undefined]),
    );
    await run.stop();
  });
});
