import { describe, expect, it } from 'vitest';
import { formFromMembers } from '../../provider/core/json-parameters.ts';
import { refusalOf, valueFrom } from './given.ts';

const formOf = (members: object) => Object.fromEntries(valueFrom(formFromMembers({ ...members })));

describe('parameters in JSON', () => {
  it('are texts', () => {
    expect(formOf({ scope: 'openid', grant_type: 'x', resource: 'https://api.example' })).toEqual({
      scope: ['openid'],
      grant_type: ['x'],
      resource: ['https://api.example'],
    });
  });

  it('have the types that they may have in a signed request (CIBA §7.1.1, RFC 8707 §2, RFC 9396 §2)', () => {
    const details = [{ type: 'payment', amount: 1.5 }];
    expect(formOf({ requested_expiry: 120, resource: ['a:1', 'a:2'], authorization_details: details })).toEqual({
      requested_expiry: ['120'],
      resource: ['a:1', 'a:2'],
      authorization_details: ['[{"type":"payment","amount":1.5}]'],
    });
    expect(formOf({ requested_expiry: '120', authorization_details: '[]' })).toEqual({
      requested_expiry: ['120'],
      authorization_details: ['[]'],
    });
  });

  it('keep a number that is no whole one as it is, for the reader to refuse', () => {
    expect(formOf({ requested_expiry: 1.5 })).toEqual({ requested_expiry: ['1.5'] });
    expect(formOf({ requested_expiry: 1e21 })).toEqual({ requested_expiry: ['1e+21'] });
  });

  it.each([
    ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'grant_type', 'auth_req_id'],
    ...['token', 'token_type_hint', 'request', 'request_uri', 'number'],
    ...['scope', 'login_hint', 'login_hint_token', 'id_token_hint', 'binding_message', 'user_code', 'acr_values'],
    ...['audience', 'client_notification_token'],
  ])('%s is never another value made a text', (name) => {
    for (const value of [1, 0, true, false, {}, [], ['x'], { [name]: 'x' }, '\uD800'])
      expect(refusalOf(formFromMembers({ [name]: value })), JSON.stringify(value)).toEqual({
        reason: 'invalid_parameter',
        name,
        expected: 'a string',
      });
  });

  it.each([
    ['requested_expiry', [true, {}, ['120']]],
    ['resource', [1, {}, ['a:1', 1], [['a:1']]]],
    ['authorization_details', [1, {}, true]],
  ])('%s is refused in other types', (name, values) => {
    for (const value of values)
      expect(refusalOf(formFromMembers({ [name]: value })), JSON.stringify(value)).toMatchObject({
        reason: 'invalid_parameter',
        name,
      });
  });

  it('count as absent when they are null or empty, as an empty value of a form does (RFC 6749 §3.1)', () => {
    expect(formOf({ audience: '', client_secret: null, resource: ['', 'a:1'], login_hint: 'anna' })).toEqual({
      resource: ['a:1'],
      login_hint: ['anna'],
    });
    expect(formOf({ resource: [] })).toEqual({});
  });

  it('are ignored where nobody knows the name, whatever the value is (RFC 6749 §3.1)', () => {
    expect(formOf({ nope: { a: 1 }, other: 7, third: true, text: 'x', toString: [], scope: 'openid' })).toEqual({
      text: ['x'],
      scope: ['openid'],
    });
  });
});
