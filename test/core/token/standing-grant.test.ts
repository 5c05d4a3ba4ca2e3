import { describe, expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { Grant } from '../../../provider/core/token/grant.ts';
import { CIBA_GRANT } from '../../../provider/core/token/grant-types.ts';
import { judgeGrant, type Present } from '../../../provider/core/token/standing-grant.ts';
import { CLIENT, DEVICE, GRANT, ISSUER, USER } from '../given.ts';

const AUDIENCE = 'https://api.example/';
const BANK: Client = { ...CLIENT, scopes: ['email', 'profile'], audiences: [AUDIENCE] };
const APPROVED: Grant = {
  ...GRANT,
  scopes: ['openid', 'email', 'profile'],
  claims: { email: 'ann@example.com', email_verified: true, name: 'Ann' },
};
const ownerWith = (different: Partial<User> = {}, devices = [DEVICE]) => ({
  user: { ...USER, ...different },
  devices,
  blocks: [],
  userCode: undefined,
});
const REPORTED: ClientBlock = {
  clientId: GRANT.clientId,
  registrationId: GRANT.registrationId,
  profileId: GRANT.profileId,
  report: { at: 1, requestId: 'request-1' },
  denials: 1,
  deniedAt: 1,
};
const PRESENT: Present = { owner: ownerWith(), client: BANK };
const judge = (different: Partial<Present> = {}, grant = APPROVED) =>
  judgeGrant(grant, { ...PRESENT, ...different }, { grantType: CIBA_GRANT, issuer: ISSUER, blocksReported: true });
const bankWith = (different: Partial<Client>) => ({ client: { ...BANK, ...different } });

describe('a grant is judged by what is stored now', () => {
  it('stands as it was given while nothing was taken back', () => {
    expect(judge()).toEqual({ outcome: 'stands', grant: APPROVED, client: BANK });
  });

  it.each<[string, Partial<Present>, string]>([
    ['its user was removed', { owner: undefined }, 'user_removed'],
    ['another person has its subject', { owner: ownerWith({ profileId: 'profile-2' }) }, 'user_replaced'],
    ['its user was blocked', { owner: ownerWith({ status: 'blocked' }) }, 'user_blocked'],
    [
      'its user was blocked and unblocked since',
      { owner: ownerWith({ blockCount: GRANT.blockCount + 1 }) },
      'user_blocked',
    ],
    ['the device that approved was removed', { owner: ownerWith({}, []) }, 'device_removed'],
    ['another device is left', { owner: ownerWith({}, [{ ...DEVICE, deviceId: 'device-2' }]) }, 'device_removed'],
    ['its user reported the client', { owner: { ...ownerWith(), blocks: [REPORTED] } }, 'client_reported'],
    ['its client was removed', { client: undefined }, 'client_removed'],
    ['another client has the id of its client', bankWith({ registrationId: 'registration-2' }), 'client_replaced'],
    ['its client lost the grant type', bankWith({ grantTypes: [] }), 'grant_type_removed'],
    ['its client may ask another user alone', bankWith({ onlySub: 'user-2' }), 'user_not_for_client'],
    ['its client lost the audience', bankWith({ audiences: [] }), 'audience_removed'],
    [
      'its client has another default',
      bankWith({ audiences: ['urn:b'], defaultAudience: 'urn:b' }),
      'audience_removed',
    ],
  ])('is worth nothing when %s', (_name, different, because) => {
    expect(judge(different)).toEqual({ outcome: 'taken_back', because });
  });

  it('stands when its user had been blocked and unblocked before the approval', () => {
    const [grant, owner] = [{ ...APPROVED, blockCount: 3 }, ownerWith({ blockCount: 3 })];
    expect(judge({ owner }, grant).outcome).toBe('stands');
  });

  it('stands when its user only denied the client before, or reported another client, or where reports do not block', () => {
    const owner = {
      ...ownerWith(),
      blocks: [
        { ...REPORTED, report: undefined },
        { ...REPORTED, clientId: 'other' },
      ],
    };
    expect(judge({ owner }).outcome).toBe('stands');
    const present = { ...PRESENT, owner: { ...ownerWith(), blocks: [REPORTED] } };
    const use = { grantType: CIBA_GRANT, issuer: ISSUER, blocksReported: false } as const;
    expect(judgeGrant(APPROVED, present, use).outcome).toBe('stands');
  });

  it('stands for a client that may ask this user alone', () => {
    expect(judge(bankWith({ onlySub: 'user-1' })).outcome).toBe('stands');
  });
});

describe('a client that was narrowed', () => {
  it('gets the scopes that are left, in their order, without the claims that only a lost scope releases (OIDC Core §5.4)', () => {
    expect(judge(bankWith({ scopes: ['profile', 'phone'] }))).toMatchObject({
      outcome: 'stands',
      grant: { scopes: ['openid', 'profile'], claims: { name: 'Ann' } },
    });
    const judged = judge(bankWith({ scopes: [] }));
    expect(judged.outcome === 'stands' && [judged.grant.scopes, judged.grant.claims]).toEqual([['openid'], {}]);
  });

  it('gets nothing when no scope is left, which only a grant without openid can come to', () => {
    const plain = { ...APPROVED, scopes: ['email', 'profile'], claims: {} };
    expect(judge(bankWith({ scopes: ['profile'] }), plain)).toMatchObject({ grant: { scopes: ['profile'] } });
    expect(judge(bankWith({ scopes: [] }), plain)).toEqual({ outcome: 'taken_back', because: 'scopes_removed' });
  });

  it('gets what the user approved, also if it must ask for openid again by now', () => {
    const plain = { ...APPROVED, scopes: ['email'], claims: {} };
    expect(judge(bankWith({ requiresOpenid: true }), plain)).toMatchObject({
      grant: { scopes: ['email'], claims: {} },
    });
    expect(judge(bankWith({ requiresOpenid: false })).outcome).toBe('stands');
  });

  it('is given as it is registered now, so that its tokens are signed as it asks now', () => {
    expect(judge(bankWith({ idTokenAlgorithm: 'ES256' }))).toMatchObject({ client: { idTokenAlgorithm: 'ES256' } });
  });

  it('loses a grant for several audiences when it lost one of them', () => {
    const both = { ...APPROVED, audience: [AUDIENCE, 'urn:b'] };
    expect(judge({}, both)).toEqual({ outcome: 'taken_back', because: 'audience_removed' });
    expect(judge(bankWith({ audiences: [AUDIENCE, 'urn:b'] }), both).outcome).toBe('stands');
  });

  it('keeps the issuer as audience only while that is what it gets without asking', () => {
    const shown = { ...APPROVED, audience: [ISSUER] };
    expect(judge({}, shown).outcome).toBe('stands');
    const moved = bankWith({ audiences: ['urn:b'], defaultAudience: 'urn:b' });
    expect(judge(moved, shown)).toEqual({ outcome: 'taken_back', because: 'audience_removed' });
    expect(judge(moved, { ...APPROVED, audience: ['urn:b'] }).outcome).toBe('stands');
  });
});
