import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS_OFF } from '../../../local/runtime/limits-off.ts';
import { expectRefusal, expectTokens } from '../../support/assertions.ts';
import { type Answer, CIBA_GRANT, type TestClient, World } from '../../support/world.ts';

// Who may ask, and who may redeem.

let world: World;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  // The count of wrong user codes is on, as by default.
  const { wrongUserCodes: _, ...limits } = LIMITS_OFF;
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(limits) } });
  person = await world.person();
});
afterAll(() => world?.close());

const unauthenticated = { status: 401, error: 'invalid_client', reason: 'no_client_authentication' };
const unauthorized = { status: 400, error: 'unauthorized_client', reason: 'grant_not_allowed' };
const invalidMetadata = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };

/** An approved request of this client, which its next poll redeems. */
async function approved(client: TestClient): Promise<string> {
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  expect(await world.answer(person.phone, requestId, 'approve')).toBe(204);
  return authReqId;
}
/** Calls as a public client does: it only names itself. */
const namedOnly = (path: string, { client_id }: TestClient, form: Record<string, string>): Promise<Answer> =>
  world.post(path, undefined, { client_id, ...form });
const ask = () => ({ scope: 'openid', login_hint: person.email });
const redeem = (authReqId: string) => ({ grant_type: CIBA_GRANT, auth_req_id: authReqId });

describe('CVE-2026-109082: public clients could use CIBA', () => {
  it('no client can be registered without authentication', async () => {
    const metadata = { client_name: 'Public', token_endpoint_auth_method: 'none' };
    await expectRefusal(world, await world.admin('POST', '/admin/clients', metadata), invalidMetadata);
  });

  it('no client becomes public by an update, and the refused update changes nothing', async () => {
    const client = await world.client();
    const path = `/admin/clients/${client.client_id}`;
    const before = (await world.admin('GET', path)).text;
    const change = { token_endpoint_auth_method: 'none' };
    await expectRefusal(world, await world.admin('PATCH', path, change), invalidMetadata);
    expect((await world.admin('GET', path)).text).toBe(before);
    world.runtime.advance(61);
    await expectRefusal(world, await namedOnly('/bc-authorize', client, ask()), unauthenticated);
    const authReqId = await approved(client);
    await expectRefusal(world, await namedOnly('/token', client, redeem(authReqId)), unauthenticated);
    expectTokens(await world.poll(client, authReqId));
  });

  it.each([
    ['client_secret_basic', {}],
    ['client_secret_post', { token_endpoint_auth_method: 'client_secret_post' }],
  ])('a client of %s that only names itself is refused at both endpoints', async (_method, metadata) => {
    const client = await world.client(metadata);
    const rung = world.runtime.push.deliveries.length;
    await expectRefusal(world, await namedOnly('/bc-authorize', client, ask()), unauthenticated);
    await expectRefusal(world, await namedOnly('/token', client, redeem('x')), unauthenticated);
    const empty = await namedOnly('/bc-authorize', client, { ...ask(), client_secret: '' });
    expect({ status: empty.status, error: empty.body['error'] }).toEqual({ status: 401, error: 'invalid_client' });
    expect(world.runtime.push.deliveries).toHaveLength(rung);
  });

  it('a client that is registered without the grant is refused at both endpoints, and nobody is rung', async () => {
    const client = await world.client({ grant_types: [] });
    const rung = world.runtime.push.deliveries.length;
    await expectRefusal(world, await world.post('/bc-authorize', client, ask()), unauthorized);
    await expectRefusal(world, await world.poll(client, 'x'), unauthorized);
    expect(world.runtime.push.deliveries).toHaveLength(rung);
  });

  it('a client that loses the grant by an update is refused at both endpoints, its approved request included', async () => {
    const client = await world.client();
    const authReqId = await approved(client);
    const path = `/admin/clients/${client.client_id}`;
    expect((await world.admin('PATCH', path, { grant_types: [] })).status).toBe(200);
    world.runtime.advance(61);
    await expectRefusal(world, await world.post('/bc-authorize', client, ask()), unauthorized);
    await expectRefusal(world, await world.poll(client, authReqId), unauthorized);
  });
});

describe('Authrim, handleCIBAGrant: the token endpoint gave tokens to whoever named the client', () => {
  it('an approved auth_req_id gives nothing without the client’s credential, and stays the client’s', async () => {
    const client = await world.client();
    const authReqId = await approved(client);
    await expectRefusal(world, await namedOnly('/token', client, redeem(authReqId)), unauthenticated);
    await expectRefusal(world, await world.post('/token', undefined, redeem(authReqId)), unauthenticated);
    await expectRefusal(world, await world.poll({ ...client, client_secret: 'guessed' }, authReqId), {
      status: 401,
      error: 'invalid_client',
      reason: 'wrong_client_secret',
    });
    expectTokens(await world.poll(client, authReqId));
  });
});

describe('thunderid#4483: a missing client authentication was told as unauthorized_client', () => {
  it('both endpoints answer invalid_client, the same for a client that exists and one that does not', async () => {
    const client = await world.client();
    for (const path of ['/bc-authorize', '/token']) {
      const form = path === '/token' ? redeem('x') : ask();
      const known = await namedOnly(path, client, form);
      await expectRefusal(world, known, unauthenticated);
      expect((await namedOnly(path, { ...client, client_id: 'nobody' }, form)).text).toBe(known.text);
    }
  });
});

describe('CIBA §11: an auth_req_id is bound to the client that it was issued to', () => {
  it.each(['approve', 'deny'] as const)('another client learns and gets nothing: %s', async (decision) => {
    const owner = await world.client();
    const other = await world.client();
    const { authReqId, requestId } = await world.asked(owner, { login_hint: person.email });
    const foreign = { status: 400, error: 'invalid_grant', reason: 'foreign_auth_req_id' };
    const pending = await world.poll(other, authReqId);
    await expectRefusal(world, pending, foreign);
    await world.answer(person.phone, requestId, decision);
    const decided = await world.poll(other, authReqId);
    await expectRefusal(world, decided, foreign);
    expect([pending.text, decided.text]).toEqual(Array(2).fill((await world.poll(other, 'x'.repeat(43))).text));
    const own = await world.poll(owner, authReqId);
    if (decision === 'approve') expectTokens(own);
    else await expectRefusal(world, own, { status: 400, error: 'access_denied', reason: 'denied_by_user' });
  });
});

describe('CIBA §7.1, user_code: codes were guessed without a limit, or a wrong code rang the phone', () => {
  it('no wrong code rings, and after ten of them not even the right one does', async () => {
    const guesser = await world.client({ backchannel_user_code_parameter: true });
    const { sub, email } = await world.person();
    expect((await world.admin('PUT', `/admin/users/${sub}/user-code`, { user_code: '4711' })).status).toBe(204);
    const rung = world.runtime.push.deliveries.length;
    const guess = (user_code: string) => world.ask(guesser, { login_hint: email, user_code });
    const wrong = { status: 400, error: 'invalid_user_code', reason: 'wrong_user_code' };
    for (let guessed = 0; guessed < 10; guessed += 1) await expectRefusal(world, await guess(`000${guessed}`), wrong);
    const refused = { status: 403, error: 'access_denied', reason: 'too_many_wrong_user_codes' };
    await expectRefusal(world, await guess('4711'), refused);
    expect(world.runtime.push.deliveries).toHaveLength(rung);
  });
});
