import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { type Answer, basic, CIBA_GRANT, requestIdOf, type TestClient, World } from '../support/world.ts';

// What the libraries of others send and expect, where it is not what our own clients do.

const API = 'https://api.example.com';

let world: World;
let client: TestClient;
let email: string;
let phone: Phone;
beforeAll(async () => {
  world = await World.start();
  client = await world.client({
    token_endpoint_auth_method: 'client_secret_post',
    scope: 'openid profile',
    audiences: [API],
  });
  ({ email, phone } = await world.person());
});
afterAll(() => world?.close());

const postJson = (path: string, members: object | string, headers: Record<string, string> = {}): Promise<Answer> =>
  world.send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof members === 'string' ? members : JSON.stringify(members),
  });

describe('JSON in place of a form', () => {
  it('is a whole login: asked, polled as auth0-python does, and given back', async () => {
    const details = { binding_message: 'W4SCT', requested_expiry: 120, audience: API, resource: null };
    const asked = await postJson('/bc-authorize', { ...client, scope: 'openid', login_hint: email, ...details });
    expect(asked.body).toMatchObject({ expires_in: 120, interval: 5 });
    const authReqId = String(asked.body['auth_req_id']);
    const poll = { client_id: client.client_id, auth_req_id: authReqId, grant_type: CIBA_GRANT };
    const secret = { client_secret: client.client_secret };
    const pending = await postJson('/oauth/token', { ...poll, ...secret });
    await expectRefusal(world, pending, {
      status: 400,
      error: 'authorization_pending',
      reason: 'authorization_pending',
    });
    await world.answer(phone, requestIdOf(authReqId), 'approve');
    const answer = await postJson('/oauth/token', { ...poll, ...secret });
    expectTokens(answer);
    const token = String(answer.body['access_token']);
    expect((await postJson('/oauth/revoke', { ...client, token })).status).toBe(200);
  });

  it('authenticates by one method, whichever the body is (RFC 6749 §2.3)', async () => {
    const request = { grant_type: CIBA_GRANT, auth_req_id: 'unknown' };
    const twice = await postJson('/token', { ...request, ...client }, { authorization: basic(client) });
    await expectRefusal(world, twice, {
      status: 400,
      error: 'invalid_request',
      reason: 'several_client_authentications',
    });
    const number = await postJson('/token', { ...request, client_id: client.client_id, client_secret: 1 });
    await expectRefusal(world, number, { status: 400, error: 'invalid_request', reason: 'invalid_parameter' });
  });

  it('names no parameter twice, and a secret that is hidden behind another one lets nobody in', async () => {
    const { client_id: id, client_secret: secret } = client;
    const body = `{"client_id":"${id}","client_secret":"wrong","grant_type":"${CIBA_GRANT}","auth_req_id":"x","client_secret":"${secret}"}`;
    const answer = await postJson('/token', body);
    await expectRefusal(world, answer, { status: 400, error: 'invalid_request', reason: 'repeated_parameter' });
  });
});
