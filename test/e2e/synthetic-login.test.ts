import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spec as admin } from '../../lambdas/admin/function.ts';
import { SyntheticItems } from '../../provider/adapters/dynamodb/synthetic-items.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { callProvider } from '../../provider/adapters/https/provider-call.ts';
import { verifiesIdToken } from '../../provider/adapters/jose/id-token-verifier.ts';
import { makeDeviceKey, signAsDevice } from '../../provider/adapters/jose/synthetic-device.ts';
import { SyntheticSecrets } from '../../provider/adapters/secrets/synthetic-secrets.ts';
import { SYNTHETIC_AUDIENCE, SYNTHETIC_ID } from '../../provider/core/operating/reserved.ts';
import { logInSynthetically, type SyntheticLoginPorts } from '../../provider/flows/operating/log-in-synthetically.ts';
import {
  removeSyntheticLogin,
  type SyntheticSetUpPorts,
  setUpSyntheticLogin,
} from '../../provider/flows/operating/set-up-synthetic-login.ts';
import { testDeployment } from '../../provider/flows/operating/test-deployment.ts';
import { expectRefusal } from '../support/assertions.ts';
import { totalsOf } from '../support/embedded-metrics.ts';
import { World } from '../support/world.ts';

let world: World;
let setUp: SyntheticSetUpPorts;
let login: SyntheticLoginPorts;

beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: '{}' } });
  const common = {
    endpoint: world.runtime.awsEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'synthetic', secretAccessKey: 'x' },
  };
  const secret = new SyntheticSecrets(
    new SecretsManagerClient(common),
    'arn:aws:secretsmanager:eu-central-1:000000000000:secret:synthetic',
  );
  const clock = () => world.runtime.now();
  const identities = new SyntheticItems(new Table(new DynamoDBClient(common), 'Directory'));
  setUp = { identities, secret, makeDeviceKey, entropy, clock, audit: { write: () => undefined } };
  login = {
    issuer: world.issuer,
    secret,
    call: callProvider,
    sign: signAsDevice,
    verifies: verifiesIdToken,
    wait: async (seconds) => world.runtime.advance(seconds),
    entropy,
    clock,
  };
  await setUpSyntheticLogin(setUp);
});
afterAll(() => world?.close());

describe('the synthetic login', () => {
  it('goes through at the public address, without any push service', async () => {
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
    expect(world.runtime.push.deliveries).toEqual([]);
  });

  it('counts as no login of people: only what is refused on purpose is counted', async () => {
    // Once this line is there, all that the token function has counted so far is.
    await world.line(await world.post('/token', undefined, {}));
    const start = world.logs.length;
    await logInSynthetically(login);
    const counts = () => totalsOf(world.logs.slice(start).map((line) => JSON.parse(line)));
    await expect.poll(counts).toEqual({ 'Refusals{service=token}': 1 });
  });

  it('is not stopped by the limit of a user, so that a failed deployment does not make the next one fail', async () => {
    for (let count = 0; count < 12; count += 1) await logInSynthetically(login);
  });

  it('has a client that can name nobody else, with no scope beyond openid and no audience to ask for', async () => {
    const { clientSecret = '' } = (await login.secret.read()) ?? {};
    const client = { client_id: SYNTHETIC_ID, client_secret: clientSecret };
    const { email } = await world.person();
    expect((await world.ask(client, { login_hint: email })).body['error']).toBe('unknown_user_id');
    const login_hint = JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: SYNTHETIC_ID });
    expect((await world.ask(client, { login_hint, audience: 'https://api.example.com' })).body['error']).toBe(
      'invalid_target',
    );
    expect((await world.admin('GET', `/admin/clients/${SYNTHETIC_ID}`)).body).toMatchObject({
      scope: 'openid',
      audiences: [],
      default_audience: SYNTHETIC_AUDIENCE,
      only_sub: SYNTHETIC_ID,
      synthetic: true,
    });
  });

  it('has a user whom no other client can ask', async () => {
    const client = await world.client();
    const login_hint = JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: SYNTHETIC_ID });
    const error = { status: 400, error: 'unknown_user_id', reason: 'unknown_user' };
    for (let times = 0; times < 6; times += 1)
      await expectRefusal(world, await world.ask(client, { login_hint }), error);
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
  });

  it('gets tokens that are of no use at any API: an audience of its own, and a life of a minute', async () => {
    const answers: Record<string, unknown>[] = [];
    const call: SyntheticLoginPorts['call'] = async (url, how) => {
      const answer = await login.call(url, how);
      if ('access_token' in answer.body) answers.push(answer.body);
      return answer;
    };
    await logInSynthetically({ ...login, call });
    const [tokens = {}] = answers;
    const lifeOf = ({ iat, exp }: JWTPayload) => Number(exp) - Number(iat);
    const access = decodeJwt(String(tokens['access_token']));
    expect(access).toMatchObject({ sub: SYNTHETIC_ID, aud: 'https://synthetic-login.invalid/', scope: 'openid' });
    expect([lifeOf(access), lifeOf(decodeJwt(String(tokens['id_token']))), tokens['expires_in']]).toEqual([60, 60, 60]);
    const error = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
    for (const audience of [SYNTHETIC_AUDIENCE, SYNTHETIC_ID]) {
      const other = { client_name: 'Other', token_endpoint_auth_method: 'client_secret_basic', audiences: [audience] };
      await expectRefusal(world, await world.admin('POST', '/admin/clients', other), error);
    }
  });

  it('is no client in hiding: it is listed, marked, and so is its user', async () => {
    await world.client({ client_id: 'zebra' });
    const { body } = await world.admin('GET', '/admin/clients');
    const marks = (body['clients'] as Record<string, unknown>[]).map(({ client_id, synthetic }) => [
      client_id,
      synthetic,
    ]);
    expect(marks).toContainEqual([SYNTHETIC_ID, true]);
    expect(marks).toContainEqual(['zebra', undefined]);
    expect(marks).toEqual(marks.toSorted());
    expect((await world.admin('GET', `/admin/users/${SYNTHETIC_ID}`)).body).toEqual({
      sub: SYNTHETIC_ID,
      synthetic: true,
    });
  });

  const RESERVED = { status: 409, error: 'conflict', reason: 'reserved_id' };

  it('cannot be freed by a change of its client: nothing changes, and no secret is told', async () => {
    const freed = { only_sub: null, client_name: 'Harbor Bank', scope: 'openid profile email', new_secret: true };
    const { text } = await world.admin('GET', `/admin/clients/${SYNTHETIC_ID}`);
    const answer = await world.admin('PATCH', `/admin/clients/${SYNTHETIC_ID}`, freed);
    await expectRefusal(world, answer, RESERVED);
    expect(answer.text).not.toContain('client_secret');
    expect((await world.admin('GET', `/admin/clients/${SYNTHETIC_ID}`)).text).toBe(text);
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
  });

  it.each(admin.routes.filter((route) => !route.startsWith('GET ') && route.includes('{')))(
    'cannot be changed by %s',
    async (route) => {
      const [method = '', path = ''] = route.replaceAll(/\{\w+\}/g, SYNTHETIC_ID).split(' ');
      await expectRefusal(world, await world.admin(method, path, {}), RESERVED);
      await expect(logInSynthetically(login)).resolves.toBeUndefined();
    },
  );

  it('with fresh secrets ends the old ones, and once removed nobody can log in or take its name', async () => {
    world.runtime.advance(61);
    const old = await login.secret.read();
    await setUpSyntheticLogin(setUp);
    await expect(logInSynthetically({ ...login, secret: { read: async () => old } })).rejects.toThrow('401');
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
    await removeSyntheticLogin(setUp);
    const client = { client_id: SYNTHETIC_ID, client_name: 'Mine', token_endpoint_auth_method: 'client_secret_basic' };
    await expectRefusal(world, await world.admin('POST', '/admin/clients', client), RESERVED);
    await expectRefusal(world, await world.admin('POST', '/admin/users', { sub: SYNTHETIC_ID }), RESERVED);
    expect((await world.admin('GET', '/admin/clients')).text).not.toContain(SYNTHETIC_ID);
    world.runtime.advance(61);
    await expect(logInSynthetically(login)).rejects.toThrow('401 invalid_client');
  });
});

it('the smoke test of a deployment does not wait for functions that know the former secret', async () => {
  world.runtime.advance(61);
  await setUpSyntheticLogin(setUp);
  await expect(logInSynthetically(login)).resolves.toBeUndefined();
  await setUpSyntheticLogin(setUp);
  const wait = async () => {
    throw new Error('it waited');
  };
  const versions = { before: { token: 3 }, now: { token: 4 } };
  await expect(testDeployment({ ...login, wait }, versions)).resolves.toBeUndefined();
});

it('the smoke test of a deployment logs in when a role gets its rights after two minutes', async () => {
  world.runtime.advance(61);
  await setUpSyntheticLogin(setUp);
  const start = world.runtime.now();
  world.runtime.aws.interference = ({ caller }) =>
    caller === 'token' && world.runtime.now() < start + 120
      ? { status: 400, body: '{"__type":"AccessDeniedException"}' }
      : undefined;
  const statuses: number[] = [];
  const call: SyntheticLoginPorts['call'] = async (url, how) => {
    const answer = await login.call(url, how);
    statuses.push(answer.status);
    return answer;
  };
  const versions = { before: {}, now: { token: 1 } };
  await expect(testDeployment({ ...login, call }, versions)).resolves.toBeUndefined();
  world.runtime.aws.interference = undefined;
  expect(world.runtime.now()).toBe(start + 120);
  expect(statuses.filter((status) => status === 500).length).toBe(8);
  expect(statuses).not.toContain(403);
});
