import { describe, expect, it } from 'vitest';
import { CLIENT_COPY_SECONDS } from '../../../provider/core/client/rereads.ts';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import {
  BEFORE_TRAFFIC,
  isFromProvider,
  isNewVersion,
  isRollback,
  makeSyntheticIdentities,
  mayPass,
  NO_ANSWER,
  type ProviderAnswer,
  SMOKE_TEST,
  secondsUntilNextLogin,
} from '../../../provider/core/operating/synthetic.ts';

describe('the identities of the synthetic login', () => {
  it('is a marked client that may name its own user alone, with openid and an audience of no API', () => {
    const devicePublicKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };
    const { client, user, device } = makeSyntheticIdentities({ secretHash: 'hash', devicePublicKey, now: 1 });
    expect(client).toMatchObject({
      clientId: 'synthetic-login',
      onlySub: 'synthetic-login',
      scopes: ['openid'],
      audiences: [],
      defaultAudience: 'https://synthetic-login.invalid/',
      isSynthetic: true,
    });
    expect(user).toEqual({
      sub: 'synthetic-login',
      profileId: 'synthetic-login',
      status: 'active',
      claims: {},
      identifiers: [],
      deviceIds: ['synthetic-login'],
      blockCount: 0,
    });
    expect(device).toEqual({
      deviceId: 'synthetic-login',
      sub: 'synthetic-login',
      name: 'Synthetic device',
      reach: { kind: 'none' },
      proof: { kind: 'device-jws', publicKey: devicePublicKey },
      enrolledAt: 1,
    });
  });
});

const answer = (status: number, body: ProviderAnswer['body'] = {}): ProviderAnswer => ({ status, body });

describe('an answer', () => {
  it.each([
    answer(200, { issuer: 'https://op.example/' }),
    answer(204),
    answer(400, { error: 'authorization_pending' }),
    answer(500, { error: 'server_error', error_description: 'the server failed' }),
  ])('is the provider’s if its form is: %j', (ours) => {
    expect(isFromProvider(ours)).toBe(true);
  });

  it.each<[ProviderAnswer, string]>([
    [answer(NO_ANSWER, { error: 'ENOTFOUND' }), 'nobody has answered'],
    [answer(403, { message: 'Forbidden' }), 'API Gateway does not know the name or the stage yet'],
    [answer(404, { message: 'Not Found' }), 'API Gateway does not know the route yet'],
    [answer(500, { message: 'Internal Server Error' }), 'API Gateway may not call the function yet'],
    [answer(429, { message: 'Too Many Requests' }), 'the throttle of API Gateway'],
    [answer(200, { message: 'Healthy' }), 'JSON of another server'],
    [answer(200), 'a page of another server, where the name still leads'],
    [answer(301), 'a redirect of another server'],
    [answer(400), 'a page of a proxy'],
  ])('that is not the provider’s may be another one soon: %j, %s', (foreign) => {
    expect(isFromProvider(foreign)).toBe(false);
    expect(mayPass(foreign)).toBe(true);
  });

  it.each<[ProviderAnswer, string]>([
    [answer(500, { error: 'server_error' }), 'a role that has not got its new rights yet'],
    [answer(503, { error: 'temporarily_unavailable' }), 'a service that is busy'],
    [answer(429, { error: 'slow_down' }), 'too many calls'],
    [answer(401, { error: 'invalid_client' }), 'a function that knows the former secret for a minute'],
  ])('of the provider may be another one soon: %j, %s', (later) => {
    expect(mayPass(later)).toBe(true);
  });

  it.each([
    answer(200, { issuer: 'https://other.example/' }),
    answer(400, { error: 'invalid_grant' }),
    answer(400, { error: 'access_denied' }),
    answer(401, { error: 'invalid_token' }),
    answer(403, { error: 'access_denied' }),
    answer(404, { error: 'not_found' }),
    answer(409, { error: 'already_decided' }),
  ])('of the provider that says no is final: %j', (final) => {
    expect(mayPass(final)).toBe(false);
  });
});

describe('a smoke test', () => {
  it('begins a login every 15 seconds, and the last one after 240', () => {
    expect(secondsUntilNextLogin(0, SMOKE_TEST)).toBe(15);
    expect(secondsUntilNextLogin(225, SMOKE_TEST)).toBe(15);
    expect(secondsUntilNextLogin(226, SMOKE_TEST)).toBeUndefined();
  });

  it('leaves a login of the schedule room in the limit of the user, which is 5 a minute', () => {
    expect(60 / SMOKE_TEST.pauseSeconds).toBeLessThan(DEFAULTS.userLimits.perMinute);
  });
});

describe('a login before a new version gets calls', () => {
  it('begins every 30 seconds, and the last time after 90: a warm function knows a new secret by then', () => {
    expect(secondsUntilNextLogin(0, BEFORE_TRAFFIC)).toBe(30);
    expect(secondsUntilNextLogin(60, BEFORE_TRAFFIC)).toBe(30);
    expect(secondsUntilNextLogin(61, BEFORE_TRAFFIC)).toBeUndefined();
    expect(BEFORE_TRAFFIC.seconds).toBeGreaterThan(CLIENT_COPY_SECONDS);
  });

  const shift = { functionName: 'token', from: 4, to: 5, isRollback: false };
  it('is for a version that no caller has reached yet', () => {
    expect(isNewVersion(shift)).toBe(true);
  });

  it.each([
    [{ ...shift, to: 3 }, 'CloudFormation restores an older version'],
    [{ ...shift, to: 4 }, 'the version is the same'],
    [{ ...shift, isRollback: true }, 'CodeDeploy restores what was there'],
  ])('is not for %o: %s', (restoring) => {
    expect(isNewVersion(restoring)).toBe(false);
  });
});

describe('a rollback', () => {
  it('is told by a version that is older than the one before', () => {
    expect(isRollback({ token: 4, device: 2 }, { token: 3, device: 2 })).toBe(true);
    expect(isRollback({ token: 9 }, { token: 10 })).toBe(false);
    expect(isRollback({ token: 4 }, { token: 4 })).toBe(false);
  });

  it('is neither the first deployment nor one with a new function', () => {
    expect(isRollback({}, { token: 1 })).toBe(false);
    expect(isRollback({ token: 4 }, { token: 4, admin: 1 })).toBe(false);
  });
});
