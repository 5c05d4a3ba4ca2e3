import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { awsCall } from '../support/held-call.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type Answer, CIBA_GRANT, type TestClient, World } from '../support/world.ts';

// The clock of this world stands still: nothing here waits for a copy to grow old.

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Past client authentication an unknown auth_req_id is `invalid_grant`: that shows who was let in. */
const letIn = { status: 400, error: 'invalid_grant', reason: 'unknown_auth_req_id' };
const refused = (reason: string) => ({ status: 401, error: 'invalid_client', reason });
const poll = (client: TestClient) => world.poll(client, 'unknown');
const change = (client_id: string, body: object) => world.admin('PATCH', `/admin/clients/${client_id}`, body);
const secretOf = ({ body }: Answer) => ({ client_secret: String(body['client_secret']) });

/** A client with a secret that both functions have just read, so that they believe a copy of it. */
async function warmClient(): Promise<TestClient> {
  const client = await world.client();
  await expectRefusal(world, await poll(client), letIn);
  await world.ask(client, { login_hint: 'nobody@example.com' });
  return client;
}

describe('a new secret', () => {
  it('works at once in functions that believe a copy of the client', async () => {
    const client = await warmClient();
    const renewed = { ...client, ...secretOf(await change(client.client_id, { new_secret: true })) };
    await expectRefusal(world, await poll(renewed), letIn);
    const asked = await world.ask(renewed, { login_hint: 'nobody@example.com' });
    expect(asked.body['error']).toBe('unknown_user_id');
    // What the function just read ends the old one there.
    await expectRefusal(world, await poll(client), refused('wrong_client_secret'));
  });

  it('works beside the old one until the stated end, and there is no instant in which neither works', async () => {
    const client = await warmClient();
    const overlap = { new_secret: true, old_secret_expires_in: 3600 };
    const answer = await change(client.client_id, overlap);
    const end = world.runtime.now() + 3600;
    expect(answer.body).toMatchObject({ client_secret_expires_at: 0, old_secret_expires_at: end });
    const renewed = { ...client, ...secretOf(answer) };
    for (const seconds of [0, 61, 3538]) {
      world.runtime.advance(seconds);
      for (const each of [client, renewed, client]) await expectRefusal(world, await poll(each), letIn);
    }
    world.runtime.advance(1);
    await expectRefusal(world, await poll(client), refused('client_secret_expired'));
    await expectRefusal(world, await poll(renewed), letIn);
  });

  it('ends the old one at the stated second also where a function had read the client just before', async () => {
    const client = await warmClient();
    await change(client.client_id, { new_secret: true, old_secret_expires_in: 60 });
    world.runtime.advance(59);
    await expectRefusal(world, await poll(client), letIn);
    world.runtime.advance(1);
    await expectRefusal(world, await poll(client), refused('client_secret_expired'));
  });

  it('is listed with the end of the old one, is refused as a third, and an old one can be ended early', async () => {
    const client = await warmClient();
    await change(client.client_id, { new_secret: true, old_secret_expires_in: 3600 });
    const end = world.runtime.now() + 3600;
    const listed = await world.admin('GET', '/admin/clients');
    expect(listed.body['clients']).toContainEqual(
      expect.objectContaining({ client_id: client.client_id, old_secret_expires_at: end }),
    );
    expect(listed.text).not.toMatch(/hash/i);
    const third = await change(client.client_id, { new_secret: true, old_secret_expires_in: 60 });
    await expectRefusal(world, third, { status: 409, error: 'conflict', reason: 'two_secrets_work' });
    await expectRefusal(world, await poll(client), letIn);
    await change(client.client_id, { old_secret_expires_in: 0 });
    world.runtime.advance(60);
    await expectRefusal(world, await poll(client), refused('wrong_client_secret'));
  });

  it('whose answer was lost is replaced, while the secret that is known goes on until its stated end', async () => {
    const client = await warmClient();
    await change(client.client_id, { new_secret: true, old_secret_expires_in: 3600 }); // Nobody reads the answer.
    const end = world.runtime.now() + 3600;
    world.runtime.advance(60);
    const again = await change(client.client_id, { new_secret: true, keep_old_secret: true });
    expect(again).toMatchObject({ status: 200, body: { old_secret_expires_at: end } });
    const renewed = { ...client, ...secretOf(again) };
    for (const each of [client, renewed]) await expectRefusal(world, await poll(each), letIn);
    world.runtime.advance(3540);
    await expectRefusal(world, await poll(client), refused('client_secret_expired'));
    await expectRefusal(world, await poll(renewed), letIn);
    const none = await change(client.client_id, { new_secret: true, keep_old_secret: true });
    const error = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
    await expectRefusal(world, none, error);
    await expectRefusal(world, await poll(renewed), letIn);
  });

  it('is told although DynamoDB’s answer was lost and another call renamed the client in between', async () => {
    const client = await warmClient();
    const isRotation = awsCall('PutItem', 'admin', `CLIENT#${client.client_id}`, 'oldSecret');
    let count = 0;
    world.runtime.aws.interference = async (call) => {
      if (!isRotation(call)) return undefined;
      count += 1;
      if (count === 1) return 'lose-answer';
      if (count === 2) await change(client.client_id, { client_name: 'Renamed' });
      return undefined;
    };
    const answer = await change(client.client_id, { new_secret: true, old_secret_expires_in: 3600 });
    world.runtime.aws.interference = undefined;
    expect(answer).toMatchObject({ status: 200, body: { client_name: 'Renamed' } });
    for (const each of [client, { ...client, ...secretOf(answer) }])
      await expectRefusal(world, await poll(each), letIn);
  });

  it('ends the old one 30 days after it at the latest, however often its end is moved', async () => {
    const client = await warmClient();
    const days = 86_400;
    await change(client.client_id, { new_secret: true, old_secret_expires_in: 30 * days });
    world.runtime.advance(29 * days);
    const move = (seconds: number) => change(client.client_id, { old_secret_expires_in: seconds });
    const error = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
    await expectRefusal(world, await move(days + 1), error);
    expect((await move(days)).status).toBe(200);
    world.runtime.advance(days);
    await expectRefusal(world, await poll(client), refused('client_secret_expired'));
  });

  it.each([-1, 1, 59, 30 * 86_400 + 1, 0.5, '60', null])('is not made with an overlap of %o', async (overlap) => {
    const { client_id } = await world.client();
    const answer = await change(client_id, { new_secret: true, old_secret_expires_in: overlap });
    const error = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
    await expectRefusal(world, answer, error);
  });
});

describe('a new key', () => {
  it('works at once in a function that believes a copy of the client, and the old one goes on (RFC 7523 §3)', async () => {
    const keys = await Promise.all(['k1', 'k2'].map((kid) => makeKey(kid)));
    const [first, second] = keys;
    if (!first || !second) throw new Error('no keys');
    const metadata = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [first.jwk] } };
    const { client_id } = await world.client(metadata);
    await expectRefusal(world, await first.call(client_id), letIn);
    await change(client_id, { jwks: { keys: keys.map(({ jwk }) => jwk) } });
    await expectRefusal(world, await second.call(client_id), letIn);
    await expectRefusal(world, await first.call(client_id), letIn);
    await change(client_id, { jwks: { keys: [second.jwk] } });
    world.runtime.advance(60);
    await expectRefusal(world, await first.call(client_id), refused('client_assertion_signature'));
    await expectRefusal(world, await second.call(client_id), letIn);
  });
});

it('a client that was unknown a moment ago works at once', async () => {
  const client_id = 'soon-there';
  await expectRefusal(world, await poll({ client_id, client_secret: 'x' }), refused('unknown_client'));
  await expectRefusal(world, await poll(await world.client({ client_id })), letIn);
});

describe('neither the number of AWS calls nor their order tells which clients exist', () => {
  /** The AWS calls of each of so many calls with a wrong secret. */
  async function callsWith(client_id: string, times: number): Promise<string[][]> {
    const each: string[][] = [];
    for (let index = 0; index < times; index += 1) {
      const before = world.runtime.aws.calls.length;
      expect((await poll({ client_id, client_secret: 'guess' })).status).toBe(401);
      each.push(
        requestCalls(world.runtime.aws.calls.slice(before)).map(({ service, action }) => `${service} ${action}`),
      );
    }
    return each;
  }
  const ONE = ['dynamodb GetItem'];

  it('a wrong secret of a client that a function knows costs as much as an unknown client, again and again', async () => {
    const { client_id } = await warmClient();
    expect(await callsWith(client_id, 1)).toEqual([ONE]);
    expect(await callsWith('nobody-here', 1)).toEqual([ONE]);
    expect(await callsWith(client_id, 3)).toEqual([ONE, ONE, ONE]);
    expect(await callsWith('nobody-here', 3)).toEqual([ONE, ONE, ONE]);
  });

  it('beyond the bound as well, also after copies grew old, and a flood costs no more reads than the bound', async () => {
    const { client_id } = await warmClient();
    const flood = async (id: string) => {
      const reads: number[] = [];
      for (const seconds of [0, 5, 5, 61, 600]) {
        world.runtime.advance(seconds);
        reads.push((await callsWith(id, 12)).flat().length);
      }
      return reads;
    };
    expect(await flood(client_id)).toEqual([5, 0, 1, 5, 5]);
    expect(await flood('nobody-at-all')).toEqual([5, 0, 1, 5, 5]);
  });

  it('a flood of guesses does not keep a new secret from working for longer than ten seconds', async () => {
    const client = await warmClient();
    await callsWith(client.client_id, 12);
    const renewed = { ...client, ...secretOf(await change(client.client_id, { new_secret: true })) };
    await expectRefusal(world, await poll(renewed), refused('wrong_client_secret'));
    world.runtime.advance(10);
    await callsWith(client.client_id, 12);
    await expectRefusal(world, await poll(renewed), letIn);
  });
});

/** A key of a client, and a call of the token endpoint that it signs. */
async function makeKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid };
  const call = async (client_id: string) => {
    const now = world.runtime.now();
    const claims = { iss: client_id, sub: client_id, aud: world.issuer, iat: now, exp: now + 60, jti: randomUUID() };
    const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
    const form = { grant_type: CIBA_GRANT, auth_req_id: 'unknown', client_assertion_type: ASSERTION, client_assertion };
    return world.post('/token', undefined, form);
  };
  return { jwk, call };
}
