import { describe, expect, it } from 'vitest';
import { checkAsked } from '../../../provider/core/asking/asked.ts';
import type { BackchannelRequest } from '../../../provider/core/asking/backchannel-request.ts';
import { CLIENT, ISSUER, refusalOf, valueFrom } from '../given.ts';

const API = 'https://api.example/';
const SENT: BackchannelRequest = {
  scopes: ['openid', 'profile', 'admin'],
  hint: { kind: 'sub', sub: 'user-1' },
  bindingMessage: 'Pay 5 €',
  expiresInSeconds: 120,
  notificationToken: undefined,
  audience: undefined,
  resources: [],
};

describe('what a client may ask the user to grant', () => {
  it('is the scopes that it may have, and the issuer where it named no audience (RFC 6749 §3.3)', () => {
    const asked = valueFrom(checkAsked(SENT, CLIENT, ISSUER));
    expect(asked).toEqual({ clientId: 'bank', scopes: ['openid', 'profile'], audience: [ISSUER] });
  });

  it('is the audiences and resources that it named, and may have (RFC 8707 §2)', () => {
    const client = { ...CLIENT, audiences: [API, 'other'] };
    const asked = valueFrom(checkAsked({ ...SENT, audience: API, resources: [API] }, client, ISSUER));
    expect(asked.audience).toEqual([API]);
  });

  it('is at least one scope: nobody is asked to approve nothing (RFC 6749 §3.3)', () => {
    const plain = { ...CLIENT, scopes: ['pay'], requiresOpenid: false };
    expect(valueFrom(checkAsked({ ...SENT, scopes: ['pay', 'admin'] }, plain, ISSUER)).scopes).toEqual(['pay']);
    const refusal = refusalOf(checkAsked({ ...SENT, scopes: ['admin'] }, plain, ISSUER));
    expect(refusal).toEqual({ reason: 'scope_not_allowed' });
  });

  it('is nothing when it may not have an audience', () => {
    const refusal = refusalOf(checkAsked({ ...SENT, audience: API }, CLIENT, ISSUER));
    expect(refusal).toEqual({ reason: 'invalid_target', because: 'not_allowed' });
  });
});
