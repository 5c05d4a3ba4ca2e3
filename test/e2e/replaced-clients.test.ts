import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { awsCall, holdCall } from '../support/held-call.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { CIBA_GRANT, type LogLine, type TestClient, World } from '../support/world.ts';

// A client is removed, and its id is given to another client. Nothing of the former client may pass to the new one.

const BEARER = 'bearer-token-of-the-former-client';
let world: World;
let endpoint: NotificationEndpoint;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert] });
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});
afterEach(() => {
  world.runtime.aws.interference = undefined;
});

const FOREIGN = { status: 400, error: 'invalid_grant', reason: 'foreign_auth_req_id' };
const PING = { backchannel_token_delivery_mode: 'ping' };
const pinged = () => ({ ...PING, backchannel_client_notification_endpoint: endpoint.url });

let replacements = 0;
/** Removes the client and gives its id to another one. */
async function replace({ client_id }: TestClient, metadata: object = {}): Promise<TestClient> {
  expect((await world.admin('DELETE', `/admin/clients/${client_id}`)).status).toBe(204);
  replacements += 1;
  return world.client({ client_id, client_name: `Mallory ${replacements}`, ...metadata });
}

describe('another client that gets the id of a removed client', () => {
  it.each(['before', 'after'])('redeems nothing that was asked by the former one and approved %s', async (when) => {
    const former = await world.client();
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(former, { login_hint: email });
    if (when === 'before') await world.answer(phone, requestId, 'approve');
    const next = await replace(former);
    if (when === 'after') await world.answer(phone, requestId, 'approve');
    await expectRefusal(world, await world.poll(next, authReqId), FOREIGN);
  });

  it('learns nothing of an open request of the former one, and does not slow it down', async () => {
    const former = await world.client();
    const { email } = await world.person();
    const { authReqId, requestId } = await world.asked(former, { login_hint: email });
    const next = await replace(former);
    for (const _ of [1, 2]) await expectRefusal(world, await world.poll(next, authReqId), FOREIGN);
    const item = await world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
    expect(item).toMatchObject({ next_poll_at: { N: '0' }, interval_seconds: { N: '5' } });
  });

  it('is not pinged with the bearer token and the auth_req_id of the former one; its own requests are', async () => {
    endpoint.behave(204);
    const former = await world.client({ ...PING, backchannel_client_notification_endpoint: 'https://127.0.0.1:1/' });
    const { email, phone } = await world.person();
    const form = { login_hint: email, client_notification_token: BEARER };
    const { authReqId, requestId } = await world.asked(former, form);
    const { bytes, shown } = await phone.read(requestId);
    const next = await replace(former, pinged());
    expect(shown['client_name']).not.toContain('Mallory');
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    const own = await world.asked(next, { login_hint: email, client_notification_token: 'bearer-token-of-its-own' });
    await world.answer(phone, own.requestId, 'approve');
    await expect
      .poll(() => endpoint.received.map(({ body }) => JSON.parse(body)))
      .toEqual([{ auth_req_id: own.authReqId }]);
    const dropped = () =>
      world.logs.map((line) => JSON.parse(line) as LogLine).find(({ reason }) => reason === 'client_replaced');
    await expect.poll(dropped).toMatchObject({ service: 'client-notification', client_id: next.client_id });
    const item = await world.stored('Transactions', { pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });
    expect([item?.['token'], item?.['auth_req_id']]).toEqual([undefined, undefined]);
    await expectRefusal(world, await world.poll(next, authReqId), FOREIGN);
    expectTokens(await world.poll(next, own.authReqId));
  });

  it('redeems nothing with the key of the former one where a warm function has a copy of it', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [await exportJWK(publicKey)] } };
    const former = await world.client(keys);
    const signed = async (path: string, form: Record<string, string>) => {
      const { client_id } = former;
      const now = world.runtime.now();
      const claims = { iss: client_id, sub: client_id, aud: world.issuer, iat: now, exp: now + 60, jti: randomUUID() };
      const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      return world.post(path, undefined, { ...form, client_assertion_type, client_assertion });
    };
    const { email, phone } = await world.person();
    const asked = await signed('/bc-authorize', { scope: 'openid', login_hint: email });
    const authReqId = String(asked.body['auth_req_id']);
    const redeem = () => signed('/token', { grant_type: CIBA_GRANT, auth_req_id: authReqId });
    expect((await redeem()).body['error']).toBe('authorization_pending');
    const [{ request_id: requestId = '' } = {}] = await phone.list();
    await world.answer(phone, requestId, 'approve');
    await replace(former, keys);
    const refusal = { status: 400, error: 'access_denied', reason: 'approval_taken_back' };
    const refused = await redeem();
    await expectRefusal(world, refused, refusal);
    expect((await world.line(refused))['detail']).toBe('client_replaced');
  });

  it('gets no change that an operator meant for the former one', async () => {
    const former = await world.client();
    const path = `/admin/clients/${former.client_id}`;
    const write = holdCall(world, awsCall('PutItem', 'admin', `CLIENT#${former.client_id}`, 'meant for another'));
    const widening = world.admin('PATCH', path, { client_name: 'meant for another', scope: 'openid payments' });
    await write.held;
    await replace(former);
    write.release();
    expect((await widening).status).toBe(404);
    expect((await world.admin('GET', path)).body).toMatchObject({ client_name: expect.stringContaining('Mallory') });
  });
});

describe('a client that is created while one with its id is removed', () => {
  const create = (client_id: string) =>
    world.admin('POST', '/admin/clients', {
      client_id,
      client_name: `Next ${client_id}`,
      token_endpoint_auth_method: 'client_secret_basic',
    });

  it('is listed, whichever write comes first', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { client_id } = await world.client({ client_id: `shop-${round}` });
      const createSoon = async () => {
        for (let tries = 0; tries < 50; tries += 1) {
          const { status } = await create(client_id);
          if (status !== 409) return status;
        }
        return 409;
      };
      const removing = world.admin('DELETE', `/admin/clients/${client_id}`);
      expect([await createSoon(), (await removing).status]).toEqual([201, 204]);
      const { body } = await world.admin('GET', '/admin/clients');
      expect(body['clients']).toContainEqual(expect.objectContaining({ client_id, client_name: `Next ${client_id}` }));
    }
  });

  it('is not removed by a deletion that AWS’s SDK repeats because its first answer was lost', async () => {
    const { client_id } = await world.client();
    const isDeletion = awsCall('DeleteItem', 'admin', `CLIENT#${client_id}`);
    const repeated = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    let count = 0;
    world.runtime.aws.interference = async (call) => {
      if (!isDeletion(call)) return undefined;
      count += 1;
      if (count === 1) return 'lose-answer';
      repeated.resolve();
      await release.promise;
      return undefined;
    };
    const removing = world.admin('DELETE', `/admin/clients/${client_id}`);
    await repeated.promise;
    expect((await create(client_id)).status).toBe(201);
    release.resolve();
    expect((await removing).status).toBe(204);
    expect((await world.admin('GET', `/admin/clients/${client_id}`)).body).toMatchObject({
      client_name: `Next ${client_id}`,
    });
  });
});
