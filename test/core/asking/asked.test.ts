import { describe, expect, it } from 'vitest';
import { checkAsked } from '../../../provider/core/asking/asked.ts';
import type { BackchannelRequest } from '../../../provider/core/asking/backchannel-request.ts';
import { CLIENT, ISSUER, refusalOf, valueFrom } from '../given.ts';

const API = 'https://api.example/';
const SENT: BackchannelRequest = {
  scopes: ['openid', 'profile', 'admin'],
  hint: { kind: 'sub', sub: 'user-1' },
  bindingMessage: 'Pay 5 €',
  userCode: undefined,
  expiresInSeconds: 120,
  notificationToken: undefined,
  audience: undefined,
  resources: [],
  acrValues: [],
};
const HIGH = { acr: 'urn:high', anyOf: ['face'], needsVerificationKey: true };
const LOW = { acr: 'urn:low', anyOf: ['user'] };
const POLICY = { issuer: ISSUER, acrPolicy: [HIGH, LOW] };

describe('what a client may ask the user to grant', () => {
  it('is the scopes that it may have, and the issuer where it named no audience (RFC 6749 §3.3)', () => {
    const asked = valueFrom(checkAsked(SENT, CLIENT, POLICY));
    expect(asked).toEqual({ clientId: 'bank', scopes: ['openid', 'profile'], audience: [ISSUER] });
  });

  it('is the audiences and resources that it named, and may have (RFC 8707 §2)', () => {
    const client = { ...CLIENT, audiences: [API, 'other'] };
    const asked = valueFrom(checkAsked({ ...SENT, audience: API, resources: [API] }, client, POLICY));
    expect(asked.audience).toEqual([API]);
  });

  it('is at least one scope: nobody is asked to approve nothing (RFC 6749 §3.3)', () => {
    const plain = { ...CLIENT, scopes: ['pay'], requiresOpenid: false };
    expect(valueFrom(checkAsked({ ...SENT, scopes: ['pay', 'admin'] }, plain, POLICY)).scopes).toEqual(['pay']);
    const refusal = refusalOf(checkAsked({ ...SENT, scopes: ['admin'] }, plain, POLICY));
    expect(refusal).toEqual({ reason: 'scope_not_allowed' });
  });

  it('is nothing when it may not have an audience', () => {
    const refusal = refusalOf(checkAsked({ ...SENT, audience: API }, CLIENT, POLICY));
    expect(refusal).toEqual({ reason: 'invalid_target', because: 'not_allowed' });
  });

  it('is one of the classes that it prefers, in its order, by the rules of the policy (CIBA §7.1)', () => {
    const asked = (acrValues: string[]) => valueFrom(checkAsked({ ...SENT, acrValues }, CLIENT, POLICY)).acrValues;
    expect(asked(['urn:low', 'urn:high'])).toEqual([LOW, HIGH]);
    expect(asked(['urn:unknown', 'urn:high'])).toEqual([HIGH]);
  });

  it('is any approval when the policy knows none of the classes: they are voluntary (OIDC Core §5.5.1.1)', () => {
    for (const acrValues of [[], ['urn:unknown'], ['URN:HIGH']])
      expect(valueFrom(checkAsked({ ...SENT, acrValues }, CLIENT, POLICY)).acrValues).toBeUndefined();
  });
});
