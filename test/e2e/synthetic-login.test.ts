import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entropy } from '../../lambdas/adapters/entropy.ts';
import {
  callProvider,
  makeDeviceKey,
  SyntheticItems,
  SyntheticSecrets,
  signAsDevice,
  verifiesIdToken,
} from '../../lambdas/adapters/synthetic-parts.ts';
import { Table } from '../../lambdas/adapters/table.ts';
import { SYNTHETIC_ID } from '../../lambdas/core/synthetic.ts';
import { logInSynthetically, type SyntheticLoginPorts } from '../../lambdas/flows/log-in-synthetically.ts';
import {
  removeSyntheticLogin,
  type SyntheticSetUpPorts,
  setUpSyntheticLogin,
} from '../../lambdas/flows/set-up-synthetic-login.ts';
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
  const cast = new SyntheticItems(new Table(new DynamoDBClient(common), 'Directory'));
  setUp = { cast, secret, makeDeviceKey, entropy, clock, audit: { write: () => undefined } };
  login = {
    issuer: world.issuer,
    secret,
    call: callProvider,
    sign: signAsDevice,
    verifies: verifiesIdToken,
    entropy,
    clock,
  };
  await setUpSyntheticLogin(setUp);
});
afterAll(() => world.close());

describe('the synthetic login', () => {
  it('goes through at the public address, without any push service', async () => {
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
    expect(world.runtime.push.deliveries).toEqual([]);
  });

  it('has a client that can name nobody else, with no scope beyond openid and no audience', async () => {
    const { clientSecret } = await login.secret.read();
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
      only_sub: SYNTHETIC_ID,
    });
  });

  it('says which step fails and how, and nothing secret', async () => {
    const outage = {
      ...login,
      call: (url: string, call: Parameters<SyntheticLoginPorts['call']>[1]) =>
        url.endsWith('/token')
          ? Promise.resolve({ status: 500, body: { error: 'server_error' } })
          : callProvider(url, call),
    };
    await expect(logInSynthetically(outage)).rejects.toThrow('token request answers 500 server_error');
    await expect(logInSynthetically({ ...login, verifies: async () => false })).rejects.toThrow(
      'the ID token does not verify',
    );
    const stolen = { read: async () => ({ ...(await login.secret.read()), clientSecret: 'wrong' }) };
    await expect(logInSynthetically({ ...login, secret: stolen })).rejects.toThrow(
      'authentication request answers 401 invalid_client',
    );
  });

  it('fails when an ID token of another issuer would pass, or a replay succeeds', async () => {
    const replaying: SyntheticLoginPorts['call'] = async (url, call) => {
      const answer = await callProvider(url, call);
      return answer.body['error'] === 'invalid_grant' ? { status: 200, body: {} } : answer;
    };
    world.runtime.advance(61);
    await expect(logInSynthetically({ ...login, call: replaying })).rejects.toThrow('token request answers 200');
  });

  it('with fresh secrets ends the old ones, and once removed nobody can log in', async () => {
    world.runtime.advance(61);
    const old = await login.secret.read();
    await setUpSyntheticLogin(setUp);
    await expect(logInSynthetically({ ...login, secret: { read: async () => old } })).rejects.toThrow('401');
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
    await removeSyntheticLogin(setUp);
    world.runtime.advance(61);
    await expect(logInSynthetically(login)).rejects.toThrow('401 invalid_client');
  });
});
