import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { freezeDetails, hashDetails, type RequestDetails } from '../../../provider/core/deciding/shown-details.ts';
import type { Whole } from '../../../provider/core/whole.ts';
import { FACTS, ISSUER } from '../given.ts';

const DETAILS: Whole<RequestDetails> = {
  issuer: ISSUER,
  clientId: 'bank',
  clientName: 'Bänk',
  sub: 'user-1',
  requestId: FACTS.requestId,
  expiresAt: FACTS.expiresAt,
  bindingMessage: 'Pay 5 €',
  scopes: [{ scope: 'openid', description: 'Confirm who you are' }],
  audience: ['https://api.example/'],
  acrValues: [
    { acr: 'urn:high', anyOf: ['face', 'fpt'], needsVerificationKey: true },
    { acr: 'urn:low', anyOf: ['user'] },
  ],
};

describe('frozen details: what you see is what you sign', () => {
  it('holds everything that is shown, in one JSON document', () => {
    expect(JSON.parse(new TextDecoder().decode(freezeDetails(DETAILS).bytes))).toEqual({
      issuer: ISSUER,
      client_id: 'bank',
      client_name: 'Bänk',
      sub: 'user-1',
      request_id: FACTS.requestId,
      expires_at: FACTS.expiresAt,
      binding_message: 'Pay 5 €',
      scopes: [{ scope: 'openid', description: 'Confirm who you are' }],
      audience: ['https://api.example/'],
      acr_values: [
        { acr: 'urn:high', amr: ['face', 'fpt'], verification_key: true },
        { acr: 'urn:low', amr: ['user'], verification_key: false },
      ],
    });
  });

  it('has no word about classes when the client asked for none', () => {
    const { bytes } = freezeDetails({ ...DETAILS, acrValues: undefined });
    expect(JSON.parse(new TextDecoder().decode(bytes))).not.toHaveProperty('acr_values');
  });

  it('has the hash that a phone computes from the bytes', () => {
    const { bytes, hash } = freezeDetails(DETAILS);
    expect(hash).toBe(createHash('sha256').update(bytes).digest('base64url'));
    expect(hashDetails(bytes)).toBe(hash);
  });

  it('has another hash as soon as any member differs', () => {
    const others: Partial<RequestDetails>[] = [
      { issuer: 'https://evil.example/' },
      { clientId: 'other' },
      { clientName: 'Bank' },
      { sub: 'user-2' },
      { requestId: 'request-2' },
      { expiresAt: FACTS.expiresAt + 1 },
      { bindingMessage: 'Pay 50 €' },
      { bindingMessage: undefined },
      { scopes: [] },
      { scopes: [{ scope: 'openid', description: 'Other' }] },
      { audience: [] },
    ];
    const hashes = [{}, ...others].map((other) => freezeDetails({ ...DETAILS, ...other }).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('leaves the member out when there is no binding message', () => {
    const { bytes } = freezeDetails({ ...DETAILS, bindingMessage: undefined });
    expect(new TextDecoder().decode(bytes)).not.toContain('binding_message');
  });
});
