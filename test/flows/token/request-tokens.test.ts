import { describe, expect, it } from 'vitest';
import { txnOf } from '../../../provider/core/digest.ts';
import { leftHalfHash } from '../../../provider/core/token/id-token.ts';
import { issueTokens } from '../../../provider/flows/token/issue-tokens.ts';
import { GRANT, ISSUER, NOW, refusalOf, requestIn, valueFrom } from '../../core/given.ts';
import { BANK, basic } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { AUTH_REQ_ID, REQUEST_ID, redeemingWorld } from './given.ts';

const LOOKED_AGAIN = ['find user user-1', 'list devices of user-1', 'find client bank anew'];

describe('a client redeems an approval (CIBA §10.1)', () => {
  it('is authenticated first; both tokens are signed before the approval is claimed, and audited after', async () => {
    const { redeem, journal } = redeemingWorld();
    expect((await redeem()).ok).toBe(true);
    expect(journal.calls).toEqual([
      'find client bank',
      'record poll by bank',
      ...LOOKED_AGAIN,
      'sign at+jwt',
      'sign JWT',
      'claim',
      'audit tokens_issued',
    ]);
  });

  it('is answered both tokens, their life and the granted scope (OIDC Core §3.1.3.3)', async () => {
    const { redeem, state } = redeemingWorld();
    expect(valueFrom(await redeem())).toEqual({
      access_token: 'at+jwt 1',
      token_type: 'Bearer',
      expires_in: 900,
      id_token: 'JWT 2',
      scope: 'openid email',
    });
    expect(state()).toBe('redeemed');
  });

  it('gets tokens of what the user granted, each with its own life, the ID token bound to the access token', async () => {
    const { redeem, signed } = redeemingWorld();
    await redeem();
    const common = { iss: ISSUER, sub: 'user-1', iat: NOW, auth_time: GRANT.authTime, amr: ['face'] };
    expect(signed.map(({ claims }) => claims)).toEqual([
      {
        ...common,
        aud: 'https://api.example/',
        client_id: 'bank',
        azp: 'bank',
        scope: 'openid email',
        exp: NOW + 900,
        jti: 'id-1',
      },
      { ...common, aud: 'bank', exp: NOW + 3600, at_hash: leftHalfHash('at+jwt 1') },
    ]);
  });

  it('gets each token under the algorithm that it registered for it', async () => {
    const { redeem, signed } = redeemingWorld(requestIn('approved'), {
      client: { accessTokenAlgorithm: 'PS256', idTokenAlgorithm: 'ES256' },
    });
    await redeem();
    expect(signed.map(({ algorithm }) => algorithm)).toEqual(['PS256', 'ES256']);
  });

  it('gets an access token that says JWT for an API that is registered so (RFC 7519 §5.1)', async () => {
    for (const [jwtTypAudiences, types] of [
      [['https://api.example/'], ['sign JWT', 'sign JWT']],
      [['https://other.example/'], ['sign at+jwt', 'sign JWT']],
    ] as const) {
      const { redeem, journal } = redeemingWorld(requestIn('approved'), { client: { jwtTypAudiences } });
      await redeem();
      expect(journal.calls.filter((call) => call.startsWith('sign'))).toEqual(types);
    }
  });

  it('leaves in the log how long the user took, and in the audit trail who got tokens for whom', async () => {
    const { redeem, line, audited } = redeemingWorld();
    await redeem();
    expect(line()).toEqual({ client_id: 'bank', txn: txnOf(REQUEST_ID), approval_seconds: 17 });
    const event = { event: 'tokens_issued', jti: 'id-1', requestId: REQUEST_ID, sub: 'user-1', clientId: 'bank' };
    expect(audited).toEqual([{ ...event, at: NOW }]);
  });

  it('once: the second redemption signs nothing and is refused (CIBA §10.1.1)', async () => {
    const { redeem, signed, audited } = redeemingWorld();
    await redeem();
    expect(refusalOf(await redeem())).toEqual({ reason: 'already_redeemed' });
    expect(signed).toHaveLength(2);
    expect(audited).toHaveLength(1);
  });

  it('loses a race with itself: its signatures go nowhere, and nothing is audited', async () => {
    const { redeem, journal, change, audited, line } = redeemingWorld();
    journal.meanwhile('claim', () => change(requestIn('redeemed')));
    expect(refusalOf(await redeem())).toEqual({ reason: 'lost_redemption_race' });
    expect(audited).toEqual([]);
    expect(line()).not.toHaveProperty('approval_seconds');
  });
});

describe('tokens that are bound to a key (RFC 7800 §3.1)', () => {
  it('are of the type DPoP and carry the thumbprint, when the client proved a key (RFC 9449 §5)', async () => {
    const { ports, signed, journal } = redeemingWorld();
    const { tokens } = await issueTokens(ports, {
      client: BANK,
      grant: { ...GRANT, scopes: ['openid'] },
      confirmation: { jkt: 'thumb' },
      now: NOW,
    });
    expect(tokens).toMatchObject({ token_type: 'DPoP', scope: 'openid' });
    expect(signed[0]?.claims).toMatchObject({ cnf: { jkt: 'thumb' } });
    expect(signed[1]?.claims).not.toHaveProperty('cnf');
    expect(journal.calls).toEqual(['sign at+jwt', 'sign JWT']);
  });

  it('are none where no method proves a key, even if the profile would bind them', async () => {
    const { redeem, signed } = redeemingWorld(requestIn('approved'), { profile: { boundTokens: 'when_proven' } });
    expect(valueFrom(await redeem()).token_type).toBe('Bearer');
    expect(signed[0]?.claims).not.toHaveProperty('cnf');
  });
});

describe('an outage leaves the approval redeemable', () => {
  it.each([
    ['at the clients', 'find client'],
    ['at the poll', 'record poll'],
    ['at the user', 'find user'],
    ['at the devices', 'list devices'],
    ['at the client, read anew', 'find client bank anew'],
    ['while the access token is signed', 'sign at+jwt'],
    ['while the ID token is signed', 'sign JWT'],
    ['at the claim', 'claim'],
  ])('%s', async (_name, call) => {
    const { redeem, journal, state, audited } = redeemingWorld();
    journal.breakAt(call);
    await expect(redeem()).rejects.toThrow(Outage);
    expect(journal.calls.some((made) => made.startsWith(call))).toBe(true);
    expect(state()).toBe('approved');
    expect(audited).toEqual([]);
    journal.heal();
    expect((await redeem()).ok).toBe(true);
  });
});

describe('an outage after the claim', () => {
  it('at the audit trail spends the approval: the tokens are lost, and the next poll is refused', async () => {
    const { redeem, journal, state, signed, audited } = redeemingWorld();
    journal.breakAt('audit tokens_issued');
    await expect(redeem()).rejects.toThrow(Outage);
    expect(signed).toHaveLength(2);
    expect(state()).toBe('redeemed');
    expect(audited).toEqual([]);
    journal.heal();
    expect(refusalOf(await redeem())).toEqual({ reason: 'already_redeemed' });
    expect(signed).toHaveLength(2);
  });
});

describe('no request is touched (CIBA §10.1)', () => {
  it('is refused as soon as its client is in push mode: its tokens are pushed, and never fetched (CIBA §11)', async () => {
    const world = redeemingWorld(requestIn('approved'), {
      client: { deliveryMode: 'push', notificationEndpoint: 'https://bank.example/push' },
    });
    expect(refusalOf(await world.redeem())).toEqual({ reason: 'tokens_are_pushed' });
    expect(world.state()).toBe('approved');
  });

  it('for a client that failed to authenticate', async () => {
    const { redeem, journal } = redeemingWorld();
    expect(refusalOf(await redeem({}, basic('bank', 'wrong')))).toEqual({ reason: 'wrong_client_secret' });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it.each([
    ['by a repeated parameter', { auth_req_id: ['a', 'b'] }, { reason: 'repeated_parameter', name: 'auth_req_id' }],
    ['without a grant type', { grant_type: [] }, { reason: 'missing_parameter', name: 'grant_type' }],
    ['by another grant type', { grant_type: 'authorization_code' }, { reason: 'unsupported_grant_type' }],
    ['without an auth_req_id', { auth_req_id: [] }, { reason: 'missing_parameter', name: 'auth_req_id' }],
    ['by an id of strange characters', { auth_req_id: 'a b#c' }, { reason: 'unknown_auth_req_id' }],
    ['by an id that ends in a strange character', { auth_req_id: 'abc#' }, { reason: 'unknown_auth_req_id' }],
    ['by an id that begins with one', { auth_req_id: '#abc' }, { reason: 'unknown_auth_req_id' }],
    ['by an id of 129 characters', { auth_req_id: 'x'.repeat(129) }, { reason: 'unknown_auth_req_id' }],
  ])('%s', async (_name, form, refusal) => {
    const { redeem, journal, line } = redeemingWorld();
    expect(refusalOf(await redeem(form))).toEqual(refusal);
    expect(journal.calls).toEqual(['find client bank']);
    expect(line()).toEqual({ client_id: 'bank' });
  });

  it('for a client without the grant (CIBA §4)', async () => {
    const { redeem, journal } = redeemingWorld(requestIn('approved'), { client: { grantTypes: [] } });
    expect(refusalOf(await redeem())).toEqual({ reason: 'grant_not_allowed' });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('for a malformed resource (RFC 8707 §2)', async () => {
    const { redeem, journal } = redeemingWorld();
    expect(refusalOf(await redeem({ auth_req_id: AUTH_REQ_ID, resource: ['urn:a', 'no uri'] }))).toEqual({
      reason: 'invalid_target',
      because: 'malformed',
    });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('but an id of 128 characters is looked up', async () => {
    const { redeem, journal } = redeemingWorld();
    const long = await redeem({ auth_req_id: 'x'.repeat(128) });
    expect(refusalOf(long)).toEqual({ reason: 'unknown_auth_req_id' });
    expect(journal.calls.at(-1)).toBe('record poll by bank');
  });
});
