import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SyntheticItems } from '../../provider/adapters/dynamodb/synthetic-items.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { callProvider } from '../../provider/adapters/https/provider-call.ts';
import { verifiesIdToken } from '../../provider/adapters/jose/id-token-verifier.ts';
import { makeDeviceKey, signAsDevice } from '../../provider/adapters/jose/synthetic-device.ts';
import { SyntheticSecrets } from '../../provider/adapters/secrets/synthetic-secrets.ts';
import { NO_ANSWER, SYNTHETIC_ID } from '../../provider/core/operating/synthetic.ts';
import {
  logInSynthetically,
  type SyntheticLoginPorts,
  testDeployment,
} from '../../provider/flows/operating/log-in-synthetically.ts';
import {
  removeSyntheticLogin,
  type SyntheticSetUpPorts,
  setUpSyntheticLogin,
} from '../../provider/flows/operating/set-up-synthetic-login.ts';
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
    await expect.poll(counts).toEqual({ 'Refusals{service=token,error=invalid_grant}': 1 });
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

describe('the smoke test of a deployment', () => {
  type Call = SyntheticLoginPorts['call'];
  const versions = { before: { token: 3 }, now: { token: 4 } };
  /** Answers of the address while it is young, then those of the provider. */
  const young = (answers: readonly { status: number; error?: string }[], path = 'openid-configuration') => {
    const waits: number[] = [];
    const left = [...answers];
    const call: Call = async (url, request) => {
      const early = url.endsWith(path) ? left.shift() : undefined;
      return early ? { status: early.status, body: { error: early.error } } : callProvider(url, request);
    };
    const wait = async (seconds: number) => {
      waits.push(seconds);
      world.runtime.advance(seconds);
    };
    return { ports: { ...login, call, wait }, waits };
  };
  beforeAll(async () => {
    world.runtime.advance(61);
    await setUpSyntheticLogin(setUp);
  });
  beforeEach(() => world.runtime.advance(61));

  it('waits for a name that is not known yet and for a gateway that has not heard of it', async () => {
    const { ports, waits } = young([{ status: 0, error: 'ENOTFOUND' }, { status: 403 }, { status: 404 }]);
    await expect(testDeployment(ports, versions)).resolves.toBeUndefined();
    expect(waits).toEqual([5, 5, 5]);
  });

  it('gives up after about a minute, and says what it saw', async () => {
    const { ports, waits } = young(Array(100).fill({ status: 0, error: 'ENOTFOUND' }));
    await expect(testDeployment(ports, versions)).rejects.toThrow('discovery gets no answer: ENOTFOUND');
    expect(waits.length).toBe(14);
  });

  it('never waits for a provider that is there and fails', async () => {
    const { ports, waits } = young([{ status: 500, error: 'server_error' }]);
    await expect(testDeployment(ports, versions)).rejects.toThrow('discovery answers 500 server_error');
    expect(waits).toEqual([]);
  });

  it('waits for warm functions that believe the former secret, up to a minute', async () => {
    await expect(logInSynthetically(login)).resolves.toBeUndefined();
    await setUpSyntheticLogin(setUp);
    const { ports, waits } = young([]);
    await expect(testDeployment(ports, versions)).resolves.toBeUndefined();
    expect(waits.length).toBeGreaterThan(0);
  });

  it('does not take place when the deployment is rolled back, which must not fail', async () => {
    const { ports } = young(Array(100).fill({ status: 500 }));
    await expect(testDeployment(ports, { before: { token: 4 }, now: { token: 3 } })).resolves.toBeUndefined();
  });

  it('is patient; a scheduled login is not', async () => {
    const { ports, waits } = young([{ status: 0, error: 'ENOTFOUND' }]);
    await expect(logInSynthetically(ports)).rejects.toThrow('discovery gets no answer: ENOTFOUND');
    expect(waits).toEqual([]);
  });

  it('tells a connection that fails from an answer', async () => {
    const refused = await callProvider('http://127.0.0.1:1/', { method: 'GET' });
    expect(refused).toEqual({ status: NO_ANSWER, body: { error: expect.stringMatching(/^[A-Za-z_]+$/) } });
  });
});
