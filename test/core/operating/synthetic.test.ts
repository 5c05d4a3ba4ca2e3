import { describe, expect, it } from 'vitest';
import {
  isRollback,
  makeSyntheticIdentities,
  NO_ANSWER,
  secondsUntilNextTry,
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

describe('a smoke test', () => {
  it.each([NO_ANSWER, 403, 404])('tries an address that answers %i again, until it waited 70 seconds', (status) => {
    expect(secondsUntilNextTry({ status, waitedSeconds: 0 }, 'address')).toBe(5);
    expect(secondsUntilNextTry({ status, waitedSeconds: 69 }, 'address')).toBe(5);
    expect(secondsUntilNextTry({ status, waitedSeconds: 70 }, 'address')).toBeUndefined();
  });

  it('waits for a secret that is not believed yet, longer than a client is cached', () => {
    expect(secondsUntilNextTry({ status: 401, waitedSeconds: 60 }, 'secret')).toBe(5);
    expect(secondsUntilNextTry({ status: NO_ANSWER, waitedSeconds: 0 }, 'secret')).toBeUndefined();
  });

  it.each([200, 400, 401, 429, 500, 502, 503, 504])('takes %i of an address as final', (status) => {
    expect(secondsUntilNextTry({ status, waitedSeconds: 0 }, 'address')).toBeUndefined();
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
