import { describe, expect, it } from 'vitest';
import { formFromClaims } from '../../../provider/core/asking/request-claims.ts';
import { checkRequestObject } from '../../../provider/core/asking/request-object.ts';
import { findSignedRequest } from '../../../provider/core/asking/signed-request.ts';
import { checkClientAssertion } from '../../../provider/core/client/client-assertion.ts';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../given.ts';

const CLAIMS = { iss: 'bank', aud: ISSUER, iat: NOW, nbf: NOW, exp: NOW + 300, jti: 'jti-1' };
const check = (claims: object, header: object = {}) =>
  checkRequestObject(
    { header: { alg: 'PS256', ...header }, claims: { ...CLAIMS, ...claims } },
    { clientId: 'bank', issuer: ISSUER },
    NOW,
  );
const wrong = (claim: string) => expect.objectContaining({ reason: 'request_object_claim', claim });
const find = (
  form: Record<string, string | string[]>,
  client: Parameters<typeof findSignedRequest>[1] = { requestAlgorithm: 'PS256' },
  signedRequests: 'refused' | 'accepted' | 'required' = 'accepted',
) =>
  findSignedRequest(new Map(Object.entries(form).map(([name, value]) => [name, [value].flat()])), client, {
    ...STANDARD_PROFILE,
    signedRequests,
  });

describe('the form of a signed request (CIBA §7.1.1)', () => {
  it('has the request beside client authentication, and parameters that are unknown', () => {
    const form = { request: 'a.b.c', client_id: 'bank', client_secret: 'x', client_assertion: 'y', other: 'z' };
    expect(valueFrom(find({ ...form, client_assertion_type: 'jwt' }))).toBe('a.b.c');
  });

  it.each([
    ...['scope', 'client_notification_token', 'acr_values', 'login_hint_token', 'id_token_hint', 'login_hint'],
    ...['binding_message', 'user_code', 'requested_expiry', 'audience', 'resource', 'authorization_details'],
  ])('has no %s outside the request', (name) => {
    expect(refusalOf(find({ request: 'a.b.c', [name]: 'x' }))).toEqual({
      reason: 'parameter_outside_signed_request',
      name,
    });
  });

  it('has one request, and no request_uri, which is not defined for this endpoint', () => {
    expect(refusalOf(find({ request: ['a.b.c', 'd.e.f'] }))).toEqual({ reason: 'repeated_parameter', name: 'request' });
    for (const form of [{ request_uri: 'urn:x' }, { request: 'a.b.c', request_uri: 'urn:x' }])
      expect(refusalOf(find(form))).toEqual({ reason: 'request_uri_not_supported' });
  });

  it('is of a client that is registered for an algorithm: others will not sign (CIBA §4)', () => {
    expect(refusalOf(find({ request: 'a.b.c' }, {}))).toEqual({ reason: 'signed_request_not_registered' });
  });

  it('may be another, unless the client or the profile requires it (RFC 9101 §10.5)', () => {
    const form = { scope: 'openid' };
    const strict = { requestAlgorithm: 'PS256', requiresSignedRequests: true } as const;
    expect(valueFrom(find(form))).toBeUndefined();
    expect(valueFrom(find(form, { ...strict, requiresSignedRequests: false }))).toBeUndefined();
    expect(refusalOf(find(form, strict))).toEqual({ reason: 'signed_request_required' });
    expect(refusalOf(find(form, {}, 'required'))).toEqual({ reason: 'signed_request_required' });
    expect(valueFrom(find({ request: 'a.b.c' }, strict, 'required'))).toBe('a.b.c');
  });

  it('is refused where the profile refuses signed requests', () => {
    expect(refusalOf(find({ request: 'a.b.c' }, undefined, 'refused'))).toEqual({
      reason: 'signed_request_not_supported',
    });
    expect(valueFrom(find({ scope: 'openid' }, undefined, 'refused'))).toBeUndefined();
  });
});

describe('the claims of a signed request (CIBA §7.1.1)', () => {
  it('are remembered by jti until the request ends', () => {
    expect(valueFrom(check({}))).toEqual({ jti: 'jti-1', expiresAt: NOW + 300 });
    expect(valueFrom(check({ exp: NOW + 0.5 })).expiresAt).toBe(NOW + 1);
  });

  it.each(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti'])('must contain %s', (claim) => {
    expect(refusalOf(check({ [claim]: undefined }))).toEqual(wrong(claim));
  });

  it.each(['exp', 'iat', 'nbf'])('have %s as a number', (claim) => {
    expect(refusalOf(check({ [claim]: String(NOW) }))).toEqual(wrong(claim));
  });

  it('name the client as iss', () => {
    expect(refusalOf(check({ iss: 'other' }))).toEqual(wrong('iss'));
  });

  it.each([
    ['the issuer', ISSUER],
    ['the issuer without its slash', ISSUER.slice(0, -1)],
    ['a list with the issuer', ['https://other.example/', ISSUER]],
  ])('name as aud %s', (_what, aud) => {
    expect(check({ aud }).ok).toBe(true);
  });

  it.each([
    ['another provider', 'https://other.example/'],
    ['an issuer that this provider had before', 'https://old.example/'],
    ['an endpoint', `${ISSUER}bc-authorize`],
    ['a list without the issuer', ['https://other.example/']],
    ['an empty list', []],
    ['a list with something else than strings', [ISSUER, 1]],
    ['an object', { aud: ISSUER }],
  ])('do not name as aud %s', (_what, aud) => {
    expect(refusalOf(check({ aud }))).toEqual(wrong('aud'));
  });

  it.each([
    ['an exp that has passed', { exp: NOW }, 'exp'],
    ['an exp more than 60 minutes after nbf', { exp: NOW + 3601 }, 'exp'],
    ['an exp without end', { exp: Number.POSITIVE_INFINITY }, 'exp'],
    ['an nbf in the future', { nbf: NOW + 61 }, 'nbf'],
    ['an nbf more than 60 minutes ago', { nbf: NOW - 3601, exp: NOW + 1 }, 'nbf'],
    ['an iat in the future', { iat: NOW + 61 }, 'iat'],
  ])('have not %s (FAPI-CIBA §5.2.2)', (_what, claims, claim) => {
    expect(refusalOf(check(claims))).toEqual(wrong(claim));
  });

  it.each([
    ['an exp that has just not passed', { exp: NOW + 1 }],
    ['an exp 60 minutes after nbf', { exp: NOW + 3600 }],
    ['an nbf within the leeway of clocks', { nbf: NOW + 60, exp: NOW + 61 }],
    ['an nbf 59 minutes ago', { nbf: NOW - 3540, exp: NOW + 60 }],
    ['an iat within the leeway of clocks', { iat: NOW + 60 }],
    ['an old iat', { iat: 1 }],
  ])('may have %s', (_what, claims) => {
    expect(check(claims).ok).toBe(true);
  });

  it('have a jti of 1 to 256 characters', () => {
    expect(check({ jti: 'x'.repeat(256) }).ok).toBe(true);
    for (const jti of ['', 'x'.repeat(257), 7]) expect(refusalOf(check({ jti }))).toEqual(wrong('jti'));
  });

  it('contain no other request', () => {
    expect(refusalOf(check({ request: 'a.b.c' }))).toEqual(wrong('request'));
    expect(refusalOf(check({ request_uri: 'urn:x' }))).toEqual(wrong('request_uri'));
  });

  it('name no other client_id', () => {
    expect(check({ client_id: 'bank' }).ok).toBe(true);
    expect(refusalOf(check({ client_id: 'other' }))).toEqual(wrong('client_id'));
  });

  it.each([undefined, 'JWT', 'jwt', 'oauth-authz-req+jwt', 'OAuth-AuthZ-Req+JWT', 'application/oauth-authz-req+jwt'])(
    'may be of the type %s',
    (typ) => {
      expect(check({}, { typ }).ok).toBe(true);
    },
  );

  it.each(['client-authentication+jwt', 'at+jwt', 'dpop+jwt', '', null, 7])('are not of the type %s', (typ) => {
    expect(refusalOf(check({}, { typ }))).toEqual(wrong('typ'));
  });
});

describe('a signed request and a client assertion', () => {
  const assertion = { ...CLAIMS, sub: 'bank' };
  const asAssertion = (claims: Readonly<Record<string, unknown>>) =>
    checkClientAssertion(
      claims,
      {
        clientId: 'bank',
        audience: { issuer: ISSUER, previousIssuers: [], endpoints: [] },
        lifetimeSeconds: 300,
      },
      NOW,
    );

  it('never pass for each other: the sub tells them apart (RFC 9101 §10.8)', () => {
    expect(asAssertion(assertion).ok).toBe(true);
    expect(refusalOf(check(assertion))).toEqual(wrong('sub'));
    expect(check({}).ok).toBe(true);
    expect(refusalOf(asAssertion(CLAIMS))).toMatchObject({ claim: 'sub' });
  });

  it('may both be about a user: any other sub is no parameter, and ignored', () => {
    expect(check({ sub: 'ana' }).ok).toBe(true);
    expect(valueFrom(formFromClaims({ ...CLAIMS, sub: 'ana' }))).toEqual(new Map());
  });
});

describe('the parameters of a signed request', () => {
  const form = (claims: Record<string, unknown>) => Object.fromEntries(valueFrom(formFromClaims(claims)));
  const refused = (claims: Record<string, unknown>) => refusalOf(formFromClaims(claims));

  it('are the claims of the same names; others are ignored', () => {
    const texts = { scope: 'openid', login_hint: 'ana@example.com', binding_message: '1234', acr_values: 'a b' };
    expect(form({ ...CLAIMS, ...texts, max_age: 1, claims: {}, __proto__: null })).toEqual({
      scope: ['openid'],
      login_hint: ['ana@example.com'],
      binding_message: ['1234'],
      acr_values: ['a b'],
    });
  });

  it('may have requested_expiry as a number or as a string (CIBA §7.1.1)', () => {
    expect(form({ requested_expiry: 300 })).toEqual({ requested_expiry: ['300'] });
    expect(form({ requested_expiry: '30' })).toEqual({ requested_expiry: ['30'] });
    expect(refused({ requested_expiry: true })).toEqual({
      reason: 'request_object_claim',
      claim: 'requested_expiry',
      expected: 'a number or a string',
    });
  });

  it('may have one resource or several (RFC 8707 §2)', () => {
    expect(form({ resource: 'https://a.example/' })).toEqual({ resource: ['https://a.example/'] });
    expect(form({ resource: ['https://a.example/', 'https://b.example/'] })).toEqual({
      resource: ['https://a.example/', 'https://b.example/'],
    });
    expect(refused({ resource: ['https://a.example/', 1] })).toEqual(wrong('resource'));
    expect(form({ resource: [] })).toEqual({});
  });

  it('may have authorization_details as JSON itself (RFC 9396 §2)', () => {
    expect(form({ authorization_details: [{ type: 'pay' }] })).toEqual({ authorization_details: ['[{"type":"pay"}]'] });
    expect(refused({ authorization_details: { type: 'pay' } })).toEqual(wrong('authorization_details'));
  });

  it.each([
    ...['scope', 'client_notification_token', 'acr_values', 'login_hint_token', 'id_token_hint', 'login_hint'],
    ...['binding_message', 'user_code', 'audience'],
  ])('have %s as a string, and nothing is converted to one', (name) => {
    for (const value of [1, true, null, ['x'], { x: 'y' }, '\ud800'])
      expect(refused({ [name]: value })).toEqual({ reason: 'request_object_claim', claim: name, expected: 'a string' });
  });

  it('that are empty count as absent, as in a form (RFC 6749 §3.1)', () => {
    expect(form({ scope: '', resource: [''] })).toEqual({});
  });
});
