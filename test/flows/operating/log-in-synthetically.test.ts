import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../provider/core/digest.ts';
import { NO_ANSWER } from '../../../provider/core/operating/synthetic.ts';
import {
  logInSynthetically,
  type ProviderAnswer,
  SyntheticLoginError,
  testDeployment,
} from '../../../provider/flows/operating/log-in-synthetically.ts';
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
    ['discovery', answer(500), 'discovery answers 500'],
    ['discovery', answer(NO_ANSWER, { error: 'ENOTFOUND' }), 'discovery gets no answer: ENOTFOUND'],
    ['discovery', answer(200, { issuer: 'https://evil.example/' }), 'discovery names another issuer'],
    ['ask', answer(401, { error: 'invalid_client' }), 'authentication request answers 401 invalid_client'],
    ['poll', answer(200), 'token request answers 200'],
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
    ['keys', answer(503), 'key set answers 503'],
    ['replay', answer(400, { error: 'expired_token' }), 'a second redemption answers expired_token'],
    ['replay', answer(200), 'token request answers 200'],
  ])('at %s: %o', async (step, first, message) => {
    const { ports } = syntheticWorld({ [step]: [first] });
    await expect(logInSynthetically(ports)).rejects.toEqual(new SyntheticLoginError(message));
  });

  it('at the ID token', async () => {
    const { ports, journal } = syntheticWorld({}, false);
    const failure = new SyntheticLoginError('the ID token does not verify');
    await expect(logInSynthetically(ports)).rejects.toEqual(failure);
    expect(journal.calls).toEqual(LOGIN.slice(0, -1));
  });
});

describe('the smoke test of a deployment', () => {
  const versions = { before: { token: 3 }, now: { token: 4 } };

  it.each<[Step, ProviderAnswer, string, string]>([
    ['discovery', answer(NO_ANSWER), 'GET /.well-known/openid-configuration', 'an address that nobody knows yet'],
    ['discovery', answer(403), 'GET /.well-known/openid-configuration', 'a gateway that has not heard of its stage'],
    ['ask', answer(401), 'POST /bc-authorize', 'a secret that a warm function does not believe yet'],
    ['poll', answer(401), 'POST /token', 'a secret that another function does not believe yet'],
  ])('waits at %s (%o, then %s) for %s', async (step, first, call) => {
    const { ports, journal } = syntheticWorld({ [step]: [first, first] });
    await testDeployment(ports, versions);
    const at = LOGIN.indexOf(call);
    expect(journal.calls).toEqual([
      ...LOGIN.slice(0, at),
      call,
      'wait 5 after 0',
      call,
      'wait 5 after 5',
      ...LOGIN.slice(at),
    ]);
  });

  it('loses patience after 70 seconds over all steps, and says what was answered last', async () => {
    const { ports, time } = syntheticWorld({ discovery: Array.from({ length: 20 }, () => answer(404)) });
    await expect(testDeployment(ports, versions)).rejects.toThrow('discovery answers 404');
    expect(time.now).toBe(NOW + 70);
  });

  it('waits for nothing but what was just made', async () => {
    for (const first of [
      { discovery: [answer(500)] },
      { ask: [answer(403)] },
      { keys: [answer(404)] },
      { details: [answer(401)] },
    ]) {
      const { ports, journal } = syntheticWorld(first);
      await expect(testDeployment(ports, versions)).rejects.toThrow(SyntheticLoginError);
      expect(journal.calls.some((call) => call.startsWith('wait'))).toBe(false);
    }
  });

  it('takes the answer that it awaits at once, though it is one to wait for elsewhere', async () => {
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
    const { ports, journal } = syntheticWorld({ ask: [answer(401)] });
    await expect(logInSynthetically(ports)).rejects.toThrow('authentication request answers 401');
    expect(journal.calls).toEqual(LOGIN.slice(0, 3));
  });
});
