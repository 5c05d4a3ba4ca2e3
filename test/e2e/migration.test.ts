import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cibaInOne } from '../cli/support/ciba-in-one.ts';
import { codeBlocksIn } from '../support/code-blocks.ts';
import { hasJq } from '../support/engines.ts';
import { type TestClient, World } from '../support/world.ts';

// docs/from-auth0.md and docs/from-keycloak.md: the commands run on the examples of the pages, what they make is created
// over the admin API, and clients ask as they did before.

let world: World;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ciba-migration-'));
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify({ perUser: 'off' }) } });
});
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Row = Readonly<Record<string, unknown>>;

/** Runs a command of a page that writes a file, on the page's example and `more`, and returns the lines of that file. */
function rowsOf(page: string, written: string, more = ''): readonly Row[] {
  const [example] = codeBlocksIn(page, 'json');
  const [command] = codeBlocksIn(page, 'sh').filter(({ text }) => text.includes(`> ${written}`));
  const [, read = ''] = /' ([\w-]+\.json) > /.exec(command?.text ?? '') ?? [];
  writeFileSync(join(folder, read), `${example?.text}${more}`);
  execFileSync('bash', ['-euo', 'pipefail', '-c', command?.text ?? ''], { cwd: folder });
  const lines = readFileSync(join(folder, written), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

/**
 * Runs the commands of a page that import users on files in the folder, a dry run and an import, and returns what the
 * last one reported.
 */
async function importedBy(page: string): Promise<Row> {
  const [block] = codeBlocksIn(page, 'sh').filter(({ text }) => text.includes('user import'));
  const commands = (block?.text ?? '').split('\n').filter((command) => command.startsWith('npm run ciba'));
  const outcomes: Row[] = [];
  for (const command of commands) {
    const words = command.replace('npm run ciba -- ', '').split(' ');
    const args = words.map((word) => (/\.jsonl?$/.test(word) ? join(folder, word) : word));
    const { code, stdout, stderr } = await cibaInOne([...args, '--json'], { env: { CIBA_URL: world.runtime.url } });
    expect([0, 7], stderr).toContain(code);
    outcomes.push(JSON.parse(stdout) as Row);
  }
  expect(outcomes.map((outcome) => outcome['dry_run'])).toEqual([true, false]);
  return outcomes.at(-1) ?? {};
}

/** A login of a person who was imported, whom the client names in its own way; the claims of both tokens. */
async function login(client: TestClient, sub: string, form: Record<string, string>): Promise<Row[]> {
  const phone = await world.phone(sub);
  const { authReqId, requestId } = await world.asked(client, form);
  expect(await world.answer(phone, requestId, 'approve')).toBe(204);
  const { status, body } = await world.post('/oauth/token', client, {
    grant_type: 'urn:openid:params:grant-type:ciba',
    auth_req_id: authReqId,
  });
  expect(status).toBe(200);
  return [decodeJwt(String(body['id_token'])), decodeJwt(String(body['access_token'])), body];
}

describe('docs/from-auth0.md', () => {
  const [example] = codeBlocksIn('docs/from-auth0.md', 'json');
  const mira: Row = JSON.parse(example?.text ?? '');
  /** Imports users of Auth0 by the commands of the page. */
  const imported = (...users: readonly Row[]): Promise<Row> => {
    const lines = users.map((user) => JSON.stringify(user)).join('\n');
    writeFileSync(join(folder, 'auth0-users.json'), lines);
    return importedBy('docs/from-auth0.md');
  };
  let client: TestClient;
  beforeAll(async () => {
    client = await world.client({ client_name: 'Example Shop', scope: 'openid profile email' });
    expect(await imported(mira)).toMatchObject({ created: 1, rejected: [], unverified_left_out: 0 });
  });

  it('makes a user of an exported one, with the user_id as sub', async () => {
    expect((await world.find('mira@example.com')).body).toMatchObject({
      sub: 'auth0|65f0c1a2b3d4e5f601234567',
      email: 'mira@example.com',
      email_verified: true,
      phone_number: '+46701234567',
      phone_number_verified: true,
      preferred_username: 'mira.l',
      name: 'Mira Lind',
      given_name: 'Mira',
      family_name: 'Lind',
    });
  });

  it('takes no address and no number that is not verified: another person may have them', async () => {
    const eve = { user_id: 'auth0|eve', email: 'victim@example.com', phone_number: '+46701234599', name: 'Eve' };
    const unverified = { ...eve, user_id: 'auth0|eve2', email_verified: false, phone_verified: false };
    expect(await imported(eve, unverified)).toMatchObject({ created: 2, rejected: [], unverified_left_out: 4 });
    expect((await world.ask(client, { login_hint: 'victim@example.com' })).body['error']).toBe('unknown_user_id');
    expect((await world.ask(client, { login_hint: '+46701234599' })).body['error']).toBe('unknown_user_id');
  });

  it('a client asks as Auth0’s SDKs do, and the tokens have the sub that they had', async () => {
    const sub = 'auth0|65f0c1a2b3d4e5f601234567';
    const [idToken, accessToken, body] = await login(client, sub, {
      client_id: client.client_id,
      login_hint: JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub }),
      scope: 'openid profile email offline_access',
      binding_message: 'Order 4711',
      audience: '',
      requested_expiry: '300',
      request_expiry: '300',
      subjectIssuerContext: 'any',
    });
    expect([idToken?.['sub'], accessToken?.['sub'], idToken?.['email']]).toEqual([sub, sub, 'mira@example.com']);
    expect(accessToken?.['aud']).toBe(world.issuer);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid profile email' });
    expect(body?.['refresh_token']).toBeUndefined();
  });

  it('answers as the page says: too fast, somebody without a phone, somebody unknown, another issuer, details', async () => {
    const { sub } = await world.user();
    const hint = (of: string, iss = world.issuer) => JSON.stringify({ format: 'iss_sub', iss, sub: of });
    const refused = async (form: Record<string, string>) => (await world.ask(client, form)).body['error'];
    expect(await refused({ login_hint: hint(sub) })).toBe('invalid_request');
    expect(await refused({ login_hint: hint('auth0|nobody') })).toBe('unknown_user_id');
    const mira = 'auth0|65f0c1a2b3d4e5f601234567';
    expect(await refused({ login_hint: hint(mira, 'https://tenant.auth0.com/') })).toBe('unknown_user_id');
    expect(await refused({ login_hint: hint(mira), authorization_details: '[{"type":"payment"}]' })).toBeDefined();
    const { authReqId } = await world.asked(client, { login_hint: hint(mira), requested_expiry: '259200' });
    const polls = [await world.poll(client, authReqId), await world.poll(client, authReqId)];
    expect(polls.map(({ body }) => body['error'])).toEqual(['authorization_pending', 'slow_down']);
    expect([polls[1]?.body['interval'], polls[1]?.headers.get('retry-after')]).toEqual([10, '10']);
    world.runtime.advance(700);
    expect((await world.poll(client, authReqId)).body['error']).toBe('expired_token');
  });

  it('rejects each sub that has no place here, and a username with other signs', async () => {
    const subs = ['auth0|a', 'samlp|okta|jane@example.com', 'ad|office|CORP\\jane', 'oidc|x|https://y'];
    const { created, rejected } = await imported(
      ...subs.map((user_id) => ({ user_id })),
      { user_id: 'auth0|b', username: 'b@example.com' },
      { user_id: 'auth0|c', username: 'c!' },
    );
    expect([created, rejected]).toMatchObject([3, [{ line: 3 }, { line: 4 }, { line: 6 }]]);
  });
});

describe.skipIf(!hasJq())('docs/from-keycloak.md', () => {
  it('makes a registration of each client that has CIBA, which the admin API takes', async () => {
    const rows = rowsOf('docs/from-keycloak.md', 'clients.jsonl');
    expect(rows).toEqual([
      {
        client_id: 'call-centre',
        client_name: 'Call centre',
        token_endpoint_auth_method: 'client_secret_basic',
        scope: 'email openid phone profile',
        backchannel_token_delivery_mode: 'ping',
        backchannel_client_notification_endpoint: 'https://call-centre.example.com/pings',
      },
    ]);
    const [client] = rows;
    expect((await world.admin('POST', '/admin/clients', client)).status).toBe(201);
  });

  it('makes users of a realm, who log in with the sub that they had', async () => {
    const [mira, sam] = ['8c5f1f0e-3f0e-4b1c-9a53-0f6f2f9d8a11', '0d4f7c55-6c44-4d44-8c0e-6f1f2c3d4e5f'];
    const rows = rowsOf('docs/from-keycloak.md', 'users.jsonl');
    expect(rows.map((row) => row['id'])).toEqual([mira, sam]);
    await world.admin('DELETE', `/admin/users/${encodeURIComponent('auth0|65f0c1a2b3d4e5f601234567')}`);
    world.runtime.advance(61);
    const outcome = await importedBy('docs/from-keycloak.md');
    expect(outcome).toMatchObject({ created: 2, rejected: [], unverified_left_out: 1 });
    expect((await world.find('mira.l')).body).toMatchObject({
      sub: mira,
      email: 'mira@example.com',
      email_verified: true,
      phone_number: '+46701234567',
      phone_number_verified: true,
      name: 'Mira Lind',
    });
    const { body } = await world.admin('GET', `/admin/users/${sam}`);
    expect(body).toEqual({ sub: sam, blocked: true, created_at: expect.any(Number) });
    const client = await world.client({ scope: 'openid profile' });
    const [idToken] = await login(client, String(mira), { login_hint: 'mira.l', scope: 'openid profile' });
    expect(idToken).toMatchObject({ sub: mira, preferred_username: 'mira.l' });
    expect((await world.ask(client, { login_hint: 'sam@example.com' })).body['error']).toBe('unknown_user_id');
  });

  it('takes no service account of a client, and no number whose attribute does not say that it is verified', async () => {
    const account = { id: 'service-1', username: 'service-account-shop', serviceAccountClientId: 'shop' };
    const eve = { id: 'eve-1', username: 'eve', attributes: { phoneNumber: ['+46701234588'] } };
    const rows = rowsOf('docs/from-keycloak.md', 'users.jsonl', JSON.stringify({ users: [account, eve] }));
    writeFileSync(join(folder, 'users.jsonl'), JSON.stringify(rows.at(-1)));
    expect(rows).toHaveLength(3);
    expect(await importedBy('docs/from-keycloak.md')).toMatchObject({ created: 1, unverified_left_out: 1 });
    expect((await world.find('+46701234588')).status).toBe(404);
  });
});
