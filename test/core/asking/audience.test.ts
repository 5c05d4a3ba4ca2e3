import { describe, expect, it } from 'vitest';
import {
  checkResources,
  grantAudience,
  isAudienceAllowed,
  narrowAudience,
} from '../../../provider/core/asking/audience.ts';
import { ISSUER, refusalOf, valueFrom } from '../given.ts';

const POLICY = { audiences: ['https://a.example/', 'https://b.example/', 'orders-api', 'urn:example:c'] };
const grant = (
  asked: { audience?: string; resources?: string[] },
  policy: Parameters<typeof grantAudience>[1] = POLICY,
) => grantAudience({ audience: asked.audience, resources: asked.resources ?? [] }, policy, ISSUER);
const target = (because: string) => ({ reason: 'invalid_target', because });

describe('audience of the access token (RFC 8707, RFC 9068 §3)', () => {
  it('is the issuer when nothing is asked and the client has no default, never the client id', () => {
    expect(valueFrom(grant({}))).toEqual([ISSUER]);
  });

  it('is the client’s default when nothing is asked', () => {
    expect(valueFrom(grant({}, { ...POLICY, defaultAudience: 'orders-api' }))).toEqual(['orders-api']);
  });

  it('is what was asked, by either name, instead of the default', () => {
    const policy = { ...POLICY, defaultAudience: 'orders-api' };
    expect(valueFrom(grant({ audience: 'https://a.example/' }, policy))).toEqual(['https://a.example/']);
    expect(valueFrom(grant({ resources: ['urn:example:c'] }, policy))).toEqual(['urn:example:c']);
  });

  it('is every resource asked, once each, in order (RFC 8707 §2)', () => {
    expect(
      valueFrom(
        grant({
          audience: 'orders-api',
          resources: ['https://b.example/', 'https://a.example/', 'https://b.example/'],
        }),
      ),
    ).toEqual(['orders-api', 'https://b.example/', 'https://a.example/']);
  });

  it.each([
    ['an unknown audience', { audience: 'other' }],
    ['an unknown resource', { resources: ['https://c.example/'] }],
    ['one unknown resource beside a known one', { resources: ['https://a.example/', 'https://c.example/'] }],
    ['a known resource without its slash', { resources: ['https://a.example'] }],
    ['another case', { resources: ['https://A.example/'] }],
    ['a known resource with a query', { resources: ['https://a.example/?x'] }],
  ])('refuses %s as not allowed', (_, asked) => {
    expect(refusalOf(grant(asked))).toEqual(target('not_allowed'));
  });

  it.each(['orders-api', '/relative', '//a.example/', 'https://a.example/#part', 'https://a.example/#', ''])(
    'refuses the resource "%s": not an absolute URI without fragment (RFC 8707 §2)',
    (resource) => {
      const policy = { audiences: [...POLICY.audiences, resource] };
      expect(refusalOf(grant({ resources: ['https://a.example/', resource] }, policy))).toEqual(target('malformed'));
    },
  );
});

it.each([
  ['one of its own', 'orders-api', POLICY, true],
  ['another', 'urn:other', POLICY, false],
  ['the issuer, which it gets without asking', ISSUER, POLICY, true],
  ['the issuer, when it gets another without asking', ISSUER, { ...POLICY, defaultAudience: 'orders-api' }, false],
])('a client may have tokens now for %s: %s', (_name, audience, policy, allowed) => {
  expect(isAudienceAllowed(audience, policy, ISSUER)).toBe(allowed);
});

describe('resource at the token endpoint (RFC 8707 §2.2)', () => {
  const granted = ['https://a.example/', 'urn:example:c'];

  it('narrows the audience to what it names, in its order and once', () => {
    expect(valueFrom(narrowAudience(granted, ['urn:example:c', 'urn:example:c']))).toEqual(['urn:example:c']);
    expect(valueFrom(narrowAudience(granted, []))).toEqual(granted);
  });

  it('that was not granted is invalid_target, also beside one that was', () => {
    for (const resources of [['https://b.example/'], ['urn:example:c', 'https://b.example/']])
      expect(refusalOf(narrowAudience(granted, resources))).toEqual(target('not_granted'));
  });

  it('is an absolute URI without a fragment', () => {
    expect(valueFrom(checkResources(['urn:a']))).toEqual(['urn:a']);
    for (const resource of ['a', 'https://a.example/#x'])
      expect(refusalOf(checkResources([resource]))).toEqual(target('malformed'));
  });
});
