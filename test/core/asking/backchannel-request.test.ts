import { describe, expect, it } from 'vitest';
import { parseBackchannelRequest, type RequestPolicy } from '../../../provider/core/asking/backchannel-request.ts';
import { NAMES, refusalOf, valueFrom } from '../given.ts';

const POLICY: RequestPolicy = {
  deliveryMode: 'poll',
  requiresOpenid: true,
  names: NAMES,
  sendsUserCodes: false,
  expiry: { default: 120, limit: 600 },
};
const GOOD = { scope: ['openid'], login_hint: ['ann@example.com'] };
const parse = (parameters: Record<string, readonly string[]>, policy = POLICY) =>
  parseBackchannelRequest(new Map(Object.entries(parameters)), policy);
const refusal = (different: Record<string, readonly string[]>) => refusalOf(parse({ ...GOOD, ...different }));

describe('client_notification_token (CIBA §7.1)', () => {
  const ping: RequestPolicy = { ...POLICY, deliveryMode: 'ping' };
  const token = ['8d67dc78-7faa-4d41-aabd-67707b374255'];

  it('is required of a client that is notified', () => {
    const name = 'client_notification_token';
    expect(refusalOf(parse(GOOD, ping))).toEqual({ reason: 'missing_parameter', name });
    expect(valueFrom(parse({ ...GOOD, [name]: token }, ping)).notificationToken).toBe(token[0]);
  });

  it('must be a bearer token', () => {
    expect(refusalOf(parse({ ...GOOD, client_notification_token: ['a b'] }, ping))).toEqual({
      reason: 'invalid_parameter',
      name: 'client_notification_token',
      expected: 'a bearer token of at most 1024 characters',
    });
  });

  it('is ignored of a client that polls, like any parameter that is unknown', () => {
    for (const value of [token, ['a b']])
      expect(valueFrom(parse({ ...GOOD, client_notification_token: value })).notificationToken).toBeUndefined();
  });
});

describe('backchannel authentication request (CIBA §7.1)', () => {
  it('needs no more than scope and login_hint', () => {
    expect(valueFrom(parse(GOOD))).toEqual({
      scopes: ['openid'],
      hint: { kind: 'identifier', identifier: { type: 'email', value: 'ann@example.com' } },
      bindingMessage: undefined,
      expiresInSeconds: 120,
      notificationToken: undefined,
      audience: undefined,
      resources: [],
      acrValues: [],
    });
  });

  it('reads everything it knows', () => {
    const all = {
      scope: ['openid email'],
      login_hint: ['+4912345678'],
      binding_message: ['1234'],
      requested_expiry: ['30'],
      audience: ['orders-api'],
      acr_values: ['urn:high urn:low'],
      resource: ['https://a.example/', 'https://b.example/'],
    };
    expect(valueFrom(parse(all))).toEqual({
      scopes: ['openid', 'email'],
      hint: { kind: 'identifier', identifier: { type: 'phone', value: '+4912345678' } },
      bindingMessage: '1234',
      expiresInSeconds: 30,
      notificationToken: undefined,
      audience: 'orders-api',
      resources: ['https://a.example/', 'https://b.example/'],
      acrValues: ['urn:high', 'urn:low'],
    });
  });

  it('ignores parameters it does not know (CIBA §7.2)', () => {
    const unknown = { user_code: ['1234'], client_notification_token: ['t'], foo: ['bar'] };
    expect(parse({ ...GOOD, ...unknown })).toEqual(parse(GOOD));
  });

  it.each(['scope', 'login_hint', 'binding_message', 'requested_expiry', 'acr_values', 'audience', 'client_id', 'foo'])(
    'refuses a repeated %s, even with equal values (RFC 6749 §3.2)',
    (name) => {
      expect(refusal({ [name]: ['openid', 'openid'] })).toEqual({ reason: 'repeated_parameter', name });
    },
  );

  it('refuses authorization_details, which nobody would show (RFC 9396)', () => {
    expect(refusal({ authorization_details: ['[]'] })).toEqual({ reason: 'authorization_details_not_supported' });
  });

  it('refuses a request without scope, without openid, or with a malformed scope', () => {
    expect(refusalOf(parse({ login_hint: GOOD.login_hint }))).toEqual({ reason: 'openid_scope_missing' });
    expect(refusal({ scope: ['email'] })).toEqual({ reason: 'openid_scope_missing' });
    expect(refusal({ scope: ['openid  email'] })).toEqual({ reason: 'scope_malformed' });
  });

  it('of a client that may use plain OAuth needs no openid, but a scope (RFC 6749 §3.3)', () => {
    const plain = { ...POLICY, requiresOpenid: false };
    expect(valueFrom(parse({ ...GOOD, scope: ['pay'] }, plain)).scopes).toEqual(['pay']);
    expect(refusalOf(parse({ login_hint: GOOD.login_hint }, plain))).toEqual({ reason: 'scope_missing' });
  });

  it('needs exactly one hint (CIBA §7.1)', () => {
    expect(refusalOf(parse({ scope: GOOD.scope }))).toEqual({ reason: 'no_hint' });
    expect(refusal({ id_token_hint: ['x'] })).toEqual({ reason: 'several_hints' });
    expect(refusal({ login_hint_token: ['x'] })).toEqual({ reason: 'several_hints' });
    expect(refusalOf(parse({ scope: GOOD.scope, id_token_hint: ['x'], login_hint_token: ['x'] }))).toEqual({
      reason: 'several_hints',
    });
  });

  it.each(['id_token_hint', 'login_hint_token'])('reads %s as it was sent, to be verified later', (kind) => {
    expect(valueFrom(parse({ scope: GOOD.scope, [kind]: ['x'] })).hint).toEqual({ kind, token: 'x' });
  });

  it('refuses a malformed hint, binding message or expiry with their own reasons', () => {
    expect(refusal({ login_hint: ['@'] })?.reason).toBe('login_hint_malformed');
    expect(refusal({ binding_message: ['\u{1F600}'] })?.reason).toBe('invalid_binding_message');
    expect(refusal({ requested_expiry: ['soon'] })).toMatchObject({
      reason: 'invalid_parameter',
      name: 'requested_expiry',
    });
  });

  it('holds a binding message against the operator’s narrower set', () => {
    const digits = { ...POLICY, bindingMessagePattern: /^\d+$/u };
    expect(valueFrom(parse({ ...GOOD, binding_message: ['12'] }, digits)).bindingMessage).toBe('12');
    expect(refusalOf(parse({ ...GOOD, binding_message: ['ab'] }, digits))).toEqual({
      reason: 'invalid_binding_message',
      expected: 'the characters that this provider accepts',
    });
  });
});

describe('user_code (CIBA §7.1)', () => {
  const registered: RequestPolicy = { ...POLICY, sendsUserCodes: true };
  const read = (user_code: readonly string[], policy = registered) => parse({ ...GOOD, user_code }, policy);

  it('is read of a client that is registered for it, in normal form', () => {
    expect(valueFrom(read(['cafe\u0301'])).userCode).toBe('caf\u00e9');
    expect(valueFrom(parse(GOOD, registered)).userCode).toBeUndefined();
  });

  it('is ignored for other clients, whatever it is', () => {
    for (const code of ['4711', '1', '\n'.repeat(100)])
      expect(valueFrom(read([code], POLICY)).userCode).toBeUndefined();
  });

  it.each(['1', ' 4711', '47\u000011', 'x'.repeat(65), '\u200b'.repeat(4)])(
    'is refused if nobody can have it (%j)',
    (code) => {
      expect(refusalOf(read([code]))).toEqual({ reason: 'malformed_user_code' });
    },
  );

  it('must be sent once (RFC 6749 §3.1)', () => {
    expect(refusalOf(read(['4711', '4711']))).toEqual({ reason: 'repeated_parameter', name: 'user_code' });
  });
});
