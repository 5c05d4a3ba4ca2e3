import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { type TestClient, World } from '../support/world.ts';

// The clock of this world stands still, and the tests move it over days.

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

const day = 86_400;
/** Past client authentication an unknown auth_req_id is `invalid_grant`: that shows who was let in. */
const letIn = { status: 400, error: 'invalid_grant', reason: 'unknown_auth_req_id' };
const refused = (reason: string) => ({ status: 401, error: 'invalid_client', reason });
const poll = (client: TestClient) => world.poll(client, 'unknown');
const change = (client_id: string, body: object) => world.admin('PATCH', `/admin/clients/${client_id}`, body);

describe('the end of the only secret', () => {
  const ending = () => world.client({ client_secret_days: 30 });
  const shown = async ({ client_id }: TestClient) => (await world.admin('GET', `/admin/clients/${client_id}`)).body;

  it('is told with the secret and wherever the client is read (RFC 7591 §3.2.1)', async () => {
    const name = { client_name: 'Ends', token_endpoint_auth_method: 'client_secret_basic', client_secret_days: 30 };
    const { body } = await world.admin('POST', '/admin/clients', name);
    const end = world.runtime.now() + 30 * day;
    expect(body['client_secret_expires_at']).toBe(end);
    const { body: list } = await world.admin('GET', '/admin/clients');
    const own = { client_id: body['client_id'], client_secret_days: 30, client_secret_expires_at: end };
    expect(list['clients']).toContainEqual(expect.objectContaining(own));
  });

  it('is refused from its second on as a wrong one is, by every function that believes a copy', async () => {
    const client = await ending();
    world.runtime.advance(30 * day - 1);
    await expectRefusal(world, await poll(client), letIn);
    expect((await world.ask(client, { login_hint: 'nobody@example.com' })).body['error']).toBe('unknown_user_id');
    world.runtime.advance(1);
    const ended = await poll(client);
    await expectRefusal(world, ended, refused('client_secret_expired'));
    await expectRefusal(world, await world.ask(client, { login_hint: 'x' }), refused('client_secret_expired'));
    expect((await poll({ ...client, client_secret: 'wrong' })).body).toEqual(ended.body);
    const { body } = await change(client.client_id, { new_secret: true });
    expect(body['client_secret_expires_at']).toBe(world.runtime.now() + 30 * day);
    await expectRefusal(world, await poll({ ...client, client_secret: String(body['client_secret']) }), letIn);
  });

  it('ends a login between approval and tokens too', async () => {
    const { email, phone } = await world.person();
    const client = await ending();
    world.runtime.advance(30 * day - 20);
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    world.runtime.advance(20);
    await expectRefusal(world, await world.poll(client, authReqId), refused('client_secret_expired'));
  });

  it('counts in the log line of each use in its last 14 days', async () => {
    const client = await ending();
    world.runtime.advance(16 * day - 1);
    expect(await world.line(await poll(client))).not.toHaveProperty('SecretsEnding');
    world.runtime.advance(1);
    expect(await world.line(await poll(client))).toMatchObject({ SecretsEnding: 1, secret_days_left: 14 });
    world.runtime.advance(14 * day);
    expect(await world.line(await poll(client))).toMatchObject({ SecretsEnding: 1, reason: 'client_secret_expired' });
  });

  it('is kept by a rotation: no overlap goes beyond it, and the new secret has an end of its own', async () => {
    const client = await ending();
    world.runtime.advance(29 * day);
    const end = world.runtime.now() + day;
    const { body } = await change(client.client_id, { new_secret: true, old_secret_expires_in: 7 * day });
    expect(body).toMatchObject({ old_secret_expires_at: end, client_secret_expires_at: end + 29 * day });
    const longer = await change(client.client_id, { old_secret_expires_in: 2 * day });
    const error = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
    await expectRefusal(world, longer, error);
    world.runtime.advance(day);
    await expectRefusal(world, await poll(client), refused('client_secret_expired'));
  });

  it('moves with other days, not with the same ones, and an ended secret does not come back', async () => {
    const client = await ending();
    const made = world.runtime.now();
    world.runtime.advance(10 * day);
    await change(client.client_id, { client_secret_days: 30 });
    expect((await shown(client))['client_secret_expires_at']).toBe(made + 30 * day);
    await change(client.client_id, { client_secret_days: 40 });
    expect((await shown(client))['client_secret_expires_at']).toBe(made + 50 * day);
    world.runtime.advance(30 * day);
    await expectRefusal(world, await poll(client), letIn);
    world.runtime.advance(10 * day);
    const error = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
    await expectRefusal(world, await change(client.client_id, { client_secret_days: 60 }), error);
    await expectRefusal(world, await poll(client), refused('client_secret_expired'));
  });
});

it('the setting clientSecretDays gives every new secret an end, and leaves those that exist alone', async () => {
  const own = await World.start({ variables: { CLIENT_SECRET_DAYS: '90' } });
  try {
    const named = (client_name: string, more: object = {}) => ({
      client_name,
      token_endpoint_auth_method: 'client_secret_basic',
      ...more,
    });
    const { body } = await own.admin('POST', '/admin/clients', named('Bank'));
    const end = own.runtime.now() + 90 * day;
    expect(body['client_secret_expires_at']).toBe(end);
    expect(body).not.toHaveProperty('client_secret_days');
    const shorter = await own.admin('POST', '/admin/clients', named('Trial', { client_secret_days: 7 }));
    expect(shorter.body['client_secret_expires_at']).toBe(own.runtime.now() + 7 * day);
    own.runtime.advance(day);
    const path = `/admin/clients/${body['client_id']}`;
    const renamed = await own.admin('PATCH', path, { client_name: 'Old Bank' });
    expect(renamed.body['client_secret_expires_at']).toBe(end);
    const rotated = await own.admin('PATCH', path, { new_secret: true, old_secret_expires_in: 3600 });
    expect(rotated.body['client_secret_expires_at']).toBe(end + day);
  } finally {
    await own.close();
  }
});
