import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import { NO_ANSWER, type ProviderAnswer } from '../../../provider/core/operating/synthetic.ts';
import { logInSynthetically, SyntheticLoginError } from '../../../provider/flows/operating/log-in-synthetically.ts';
import { testDeployment } from '../../../provider/flows/operating/test-deployment.ts';
import { ISSUER, NOW } from '../../core/given.ts';
import { basic } from '../world/clients.ts';
import { AUTH_REQ_ID, DETAILS, detailsOf, REQUEST_ID, type Step, syntheticWorld } from './given.ts';

const PATH = `/device/requests/${REQUEST_ID}`;
const LOGIN = [
  'read secret',
  'GET /.well-known/openid-configuration',
  'POST /bc-authorize',
  'POST /token',
  `GET ${PATH}`,
  `POST ${PATH}/response`,
  'POST /token',
  'GET /.well-known/jwks.json',
  'verify id-token-1',
  'POST /token',
];
const answer = (status: number, body: ProviderAnswer['body'] = {}): ProviderAnswer => ({ status, body });

describe('a synthetic login', () => {
  it('is one whole login: discovery, request, poll, details, approval, tokens, key set, replay', async () => {
    const { ports, journal } = syntheticWorld();
    await logInSynthetically(ports);
    expect(journal.calls).toEqual(LOGIN);
  });

  it('sends what a client and a phone send', async () => {
    const { ports, called } = syntheticWorld();
    await logInSynthetically(ports);
    const authorization = basic('synthetic-login', 's3cret');
    const token = {
      method: 'POST',
      authorization,
      form: { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: AUTH_REQ_ID },
    };
    const login_hint = JSON.stringify({ format: 'iss_sub', iss: ISSUER, sub: 'synthetic-login' });
    expect(called).toEqual([
      { method: 'GET' },
      { method: 'POST', authorization, form: { scope: 'openid', login_hint, requested_expiry: '60' } },
      token,
      { method: 'GET', authorization: 'Device ciba-device+jwt under private' },
      { method: 'POST', json: { response: 'ciba-response+jwt under private' } },
      token,
      { method: 'GET' },
      token,
    ]);
  });

  it('signs as a phone does: bound to its call, over the hash of the bytes that it read', async () => {
    const { ports, signed } = syntheticWorld();
    await logInSynthetically(ports);
    const life = { iss: 'synthetic-login', sub: 'synthetic-login', aud: ISSUER, iat: NOW, exp: NOW + 120 };
    expect(signed).toEqual([
      {
        type: 'ciba-device+jwt',
        claims: { ...life, jti: 'id-1', htm: 'GET', htu: `${ISSUER.slice(0, -1)}${PATH}` },
      },
      {
        type: 'ciba-response+jwt',
        claims: {
          ...life,
          jti: 'id-2',
          request_id: REQUEST_ID,
          decision: 'approve',
          details_hash: sha256(DETAILS),
        },
      },
    ]);
  });

  it('verifies the ID token under the published keys, for its client, now', async () => {
    const { ports, verified } = syntheticWorld();
    await logInSynthetically(ports);
    const keySet = { keys: ['key-1'] };
    expect(verified).toEqual([{ keySet, issuer: ISSUER, audience: 'synthetic-login', now: NOW }]);
  });
});

describe('a step that does not go as it must fails the login, says which, and nothing secret', () => {
  it.each<[Step, ProviderAnswer, string]>([
    ['discovery', answer(500, { error: 'server_error' }), 'discovery answers 500 server_error'],
    ['discovery', answer(NO_ANSWER, { error: 'ENOTFOUND' }), 'discovery gets no answer: ENOTFOUND'],
    ['discovery', answer(200, { issuer: 'https://evil.example/' }), 'discovery names another issuer'],
    ['ask', answer(401, { error: 'invalid_client' }), 'authentication request answers 401 invalid_client'],
    ['poll', answer(200, { id_token: 'x' }), 'token request answers 200'],
    ['poll', answer(400, { error: 'slow_down' }), 'the first poll answers slow_down'],
    ['details', answer(404, { error: 'not_found' }), 'request details answers 404 not_found'],
    [
      'details',
      answer(200, detailsOf(JSON.stringify({ client_id: 'bank', request_id: REQUEST_ID }))),
      'the details are of another request',
    ],
    [
      'details',
      answer(200, detailsOf(JSON.stringify({ client_id: 'synthetic-login', request_id: 'other' }))),
      'the details are of another request',
    ],
    ['approve', answer(409, { error: 'already_decided' }), 'approval answers 409 already_decided'],
    ['redeem', answer(400, { error: 'access_denied' }), 'token request answers 400 access_denied'],
    [
      'keys',
      answer(503, { message: 'Service Unavailable' }),
      'key set answers 503 from another server: Service Unavailable',
    ],
    ['keys', answer(200), 'key set answers 200 from another server: no JSON'],
    ['replay', answer(400, { error: 'expired_token' }), 'a second redemption answers expired_token'],
    ['replay', answer(200, { id_token: 'x' }), 'token request answers 200'],
  ])('at %s: %o', async (step, first, message) => {
    const { ports } = syntheticWorld({ [step]: [first] });
    const failure = await logInSynthetically(ports).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SyntheticLoginError);
    expect(failure).toMatchObject({ message });
  });

  it('with a short message, however long the answer of another server is: CloudFormation takes 4 KB', async () => {
    const { ports } = syntheticWorld({ ask: [answer(502, { message: 'x'.repeat(5000) })] });
    const failure = (await logInSynthetically(ports).catch((error: unknown) => error)) as Error;
    expect(failure.message).toMatch(/^authentication request answers 502 from another server: x+$/);
    expect(failure.message.length).toBeLessThan(250);
  });

  it('at the secret', async () => {
    const { ports, journal } = syntheticWorld({}, { readableAt: NOW + 1 });
    await expect(logInSynthetically(ports)).rejects.toThrow('the role may not read the secret');
    expect(journal.calls).toEqual(['read secret']);
  });

  it('at the ID token', async () => {
    const { ports, journal } = syntheticWorld({}, { believes: false });
    const failure = new SyntheticLoginError('the ID token does not verify', { mayPass: false });
    await expect(logInSynthetically(ports)).rejects.toEqual(failure);
    expect(journal.calls).toEqual(LOGIN.slice(0, -1));
  });
});

describe('the smoke test of a deployment', () => {
  const versions = { before: { token: 3 }, now: { token: 4 } };

  const lengthUntil: Record<Step, number> = {
    discovery: 2,
    ask: 3,
    poll: 4,
    details: 5,
    approve: 6,
    redeem: 7,
    keys: 8,
    replay: 10,
  };
  const steps = Object.keys(lengthUntil) as Step[];

  it.each(
    steps.flatMap((step) =>
      [
        answer(NO_ANSWER, { error: 'ENOTFOUND' }),
        answer(403, { message: 'Forbidden' }),
        answer(404, { message: 'Not Found' }),
        answer(500, { message: 'Internal Server Error' }),
        answer(500, { error: 'server_error' }),
        answer(200),
        ...(step === 'discovery' ? [answer(200, { issuer: 'https://former.example/' })] : []),
      ].map((first) => [step, first] as const),
    ),
  )('logs in anew, from the start, when %s answers %j', async (step, first) => {
    const { ports, journal } = syntheticWorld({ [step]: [first, first] });
    await testDeployment(ports, versions);
    const tried = LOGIN.slice(0, lengthUntil[step]);
    expect(journal.calls).toEqual([...tried, 'wait 15 after 0', ...tried, 'wait 15 after 15', ...LOGIN]);
  });

  it.each<[Step, ProviderAnswer, string]>([
    ['ask', answer(401, { error: 'invalid_client' }), 'a secret that a warm function does not know yet'],
    ['poll', answer(401, { error: 'invalid_client' }), 'a secret that another function does not know yet'],
  ])('waits at %s (%j) for %s', async (step, first) => {
    const { ports, journal } = syntheticWorld({ [step]: [first] });
    await testDeployment(ports, versions);
    expect(journal.calls).toEqual([...LOGIN.slice(0, lengthUntil[step]), 'wait 15 after 0', ...LOGIN]);
  });

  it('waits for the right to read its secret', async () => {
    const { ports, journal } = syntheticWorld({}, { readableAt: NOW + 20 });
    await testDeployment(ports, versions);
    expect(journal.calls).toEqual(['read secret', 'wait 15 after 0', 'read secret', 'wait 15 after 15', ...LOGIN]);
  });

  it('begins its last login after 240 seconds over all steps, and says what was answered last', async () => {
    const { ports, time, journal } = syntheticWorld({
      discovery: Array.from({ length: 5 }, () => answer(404)),
      keys: Array.from({ length: 20 }, () => answer(503, { error: 'temporarily_unavailable' })),
    });
    await expect(testDeployment(ports, versions)).rejects.toThrow('key set answers 503 temporarily_unavailable');
    expect(time.now).toBe(NOW + 240);
    expect(journal.calls.filter((call) => call === 'read secret').length).toBe(17);
  });

  it('makes no call later than 270 seconds after its start, so that CloudFormation gets its answer in time', async () => {
    const { ports, time, journal } = syntheticWorld();
    const called: number[] = [];
    const slow: typeof ports.call = async (url, call) => {
      called.push(time.now - NOW);
      time.now += 45;
      return ports.call(url, call);
    };
    const tooLate = 'there is no time left for the step "token request"';
    await expect(testDeployment({ ...ports, call: slow }, versions)).rejects.toThrow(tooLate);
    expect(called).toEqual([0, 45, 90, 135, 180, 225, 270]);
    expect(journal.calls.some((call) => call.startsWith('wait'))).toBe(false);
  });

  it.each<[Step, ProviderAnswer]>([
    ['ask', answer(400, { error: 'unknown_user_id' })],
    ['poll', answer(400, { error: 'slow_down' })],
    ['details', answer(401, { error: 'invalid_token' })],
    ['approve', answer(409, { error: 'already_decided' })],
    ['redeem', answer(400, { error: 'access_denied' })],
    ['replay', answer(200, { id_token: 'id-token-2' })],
  ])('fails at once when the provider itself says no at %s: %j', async (step, first) => {
    const { ports, journal } = syntheticWorld({ [step]: [first] });
    await expect(testDeployment(ports, versions)).rejects.toThrow(SyntheticLoginError);
    expect(journal.calls).toEqual(LOGIN.slice(0, lengthUntil[step]));
  });

  it('fails at once when the ID token does not verify', async () => {
    const { ports, journal } = syntheticWorld({}, { believes: false });
    await expect(testDeployment(ports, versions)).rejects.toThrow('the ID token does not verify');
    expect(journal.calls).toEqual(LOGIN.slice(0, -1));
  });

  it('lets a fault pass', async () => {
    const { ports } = syntheticWorld();
    const fault = new Error('the secret of the synthetic login is empty');
    const secret = { read: () => Promise.reject(fault) };
    await expect(testDeployment({ ...ports, secret }, versions)).rejects.toBe(fault);
  });

  it('does not wait when everything is as it should be', async () => {
    const { ports, journal } = syntheticWorld();
    await testDeployment(ports, versions);
    expect(journal.calls).toEqual(LOGIN);
  });

  it('does nothing while the deployment is rolled back: its failure would stop that', async () => {
    const { ports, journal } = syntheticWorld();
    await testDeployment(ports, { before: { token: 4 }, now: { token: 3 } });
    expect(journal.calls).toEqual([]);
  });

  it('is patient; a login by schedule is not', async () => {
    const { ports, journal } = syntheticWorld({ ask: [answer(403, { message: 'Forbidden' })] });
    const message = 'authentication request answers 403 from another server: Forbidden';
    await expect(logInSynthetically(ports)).rejects.toThrow(message);
    expect(journal.calls).toEqual(LOGIN.slice(0, 3));
  });
});
