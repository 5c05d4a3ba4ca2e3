import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { clientBody, clientChangeBody, userBody, userChangeBody } from '../../../provider/edge/http/admin-bodies.ts';
import { deviceChangeBody, enrolmentBody, responseBody } from '../../../provider/edge/http/device-bodies.ts';
import { parseJson } from '../../../provider/edge/http/json-body.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { cpuMilliseconds } from '../../support/cpu-time.ts';
import { requestWith, utf8 } from './given.ts';

const JSON_TYPE = 'application/json';
const anything = v.looseObject({});
const parse = <Schema extends v.GenericSchema>(body: string | Uint8Array, schema: Schema, contentType = JSON_TYPE) =>
  parseJson(requestWith(body, contentType), schema);
const MALFORMED = { reason: 'malformed_body', expected: 'a JSON object in UTF-8, at most 8 levels deep' };

describe('JSON body', () => {
  it('is an object, plain or in base64', () => {
    expect(valueFrom(parse('{"enrolment":"x"}', enrolmentBody))).toEqual({ enrolment: 'x' });
    expect(valueFrom(parse(utf8(' {"response":"ü"} '), responseBody))).toEqual({ response: 'ü' });
  });

  it.each([
    '',
    ' ',
    '[]',
    '[{"enrolment":"x"}]',
    '"x"',
    '1',
    'true',
    'null',
    '{',
    '{"a":1}}',
    "{'a':1}",
    '{"a":1,}',
    'undefined',
  ])('is not "%s"', (body) => {
    expect(refusalOf(parse(body, anything))).toEqual(MALFORMED);
  });

  it('is UTF-8 without a byte order mark (RFC 8259 §8.1)', () => {
    expect(refusalOf(parse(new Uint8Array([...utf8('{"a":"'), 0xff, ...utf8('"}')]), anything))).toEqual(MALFORMED);
    expect(refusalOf(parse(utf8('\uFEFF{}'), anything))).toEqual(MALFORMED);
  });

  it('is at most 8 levels deep, whatever brackets stand in its texts', () => {
    const nested = (depth: number, open: string, close: string) =>
      `{"a":${open.repeat(depth - 1)}${close.repeat(depth - 1)}}`;
    expect(parse(nested(8, '[', ']'), anything).ok).toBe(true);
    expect(refusalOf(parse(nested(9, '[', ']'), anything))).toEqual(MALFORMED);
    expect(parse(`{"a":${JSON.stringify('[{'.repeat(100))}}`, anything).ok).toBe(true);
    expect(parse(`{"a":${JSON.stringify('\\"[[[[[[[[[[[')}}`, anything).ok).toBe(true);
    expect(refusalOf(parse(`{${'"a":[],'.repeat(20)}"b":${'['.repeat(8)}${']'.repeat(8)}}`, anything))).toEqual(
      MALFORMED,
    );
    const shallow = Array.from({ length: 20 }, (_, index) => `"b${index}":[[]],`).join('');
    expect(parse(`{"a":[],${shallow}"c":{}}`, anything).ok).toBe(true);
  });

  it('counts the depth that JSON.parse would build, for any JSON', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 10 })), (value) => {
        expect(parse(JSON.stringify(value), anything).ok).toBe(depthOf(value) <= 8);
      }),
    );
  });

  it.each([
    ['brackets', '['.repeat(65_000)],
    ['quotes that are all escaped', `"${'\\"'.repeat(32_000)}`],
    ['quotes and backslashes', `{${'"\\'.repeat(21_000)}`],
    ['backslashes', `"${'\\'.repeat(65_000)}`],
  ])('is refused in no time when it is 64 KB of %s', (_, body) => {
    expect(refusalOf(parse(body, anything))).toEqual(MALFORMED);
    expect(cpuMilliseconds(() => parse(body, anything))).toBeLessThan(150);
  });

  it('has at most 64 KB', () => {
    const body = (bytes: number) => `{"enrolment":"${'x'.repeat(bytes - 16)}"}`;
    expect(parse(body(65_536), enrolmentBody).ok).toBe(true);
    expect(refusalOf(parse(body(65_537), enrolmentBody))).toEqual({ reason: 'body_too_large', limitBytes: 65_536 });
  });

  it.each(['application/x-www-form-urlencoded', 'text/json', 'application/jwt', ''])(
    'is refused with the media type "%s"',
    (contentType) => {
      expect(refusalOf(parse('{}', anything, contentType))).toEqual({
        reason: 'unsupported_media_type',
        expected: 'application/json',
      });
    },
  );

  it('may have a charset behind the media type', () => {
    expect(parse('{}', anything, 'application/json; charset=utf-8').ok).toBe(true);
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void parse(bytes, anything)));
    fc.assert(fc.property(fc.json(), (json) => void parse(json, clientBody)));
  });
});

describe('members of a JSON body', () => {
  it('are told by name when they are wrong, missing or null', () => {
    expect(refusalOf(parse('{"enrolment":1}', enrolmentBody))).toMatchObject({
      reason: 'invalid_parameter',
      name: 'enrolment',
      expected: 'string',
    });
    expect(refusalOf(parse('{}', enrolmentBody))).toMatchObject({ reason: 'invalid_parameter', name: 'enrolment' });
    expect(refusalOf(parse('{"response":7}', responseBody))).toMatchObject({
      reason: 'invalid_parameter',
      name: 'response',
    });
    for (const body of ['{"name":null}', '{"name":7}'])
      expect(refusalOf(parse(body, deviceChangeBody))).toMatchObject({ reason: 'invalid_parameter', name: 'name' });
  });

  it('are told in words a caller can act on', () => {
    expect(refusalOf(parse('{}', enrolmentBody))).toMatchObject({ name: 'enrolment', expected: 'present' });
    expect(refusalOf(parse('{"sub":"x"}', userChangeBody))).toMatchObject({
      name: 'sub',
      expected: 'absent: it cannot be changed',
    });
  });

  it('have the error of RFC 7591 in client metadata, with the path of the member', () => {
    const refusal = (body: object) =>
      refusalOf(parseJson(requestWith(JSON.stringify(body), JSON_TYPE), clientBody, 'client_metadata'));
    expect(refusal({ client_name: 1 })).toEqual({
      reason: 'invalid_client_metadata',
      member: 'client_name',
      expected: 'string',
    });
    expect(refusal({ client_name: 'x', jwks: { keys: [{ kty: 'oct' }] } })).toMatchObject({
      reason: 'invalid_client_metadata',
      member: 'jwks.keys.0.kty',
    });
  });

  const objects = [
    ['client', clientBody, '"client_name":"x"'],
    ['client change', clientChangeBody, '"client_name":"x"'],
    ['user', userBody, '"name":"x"'],
    ['user change', userChangeBody, '"name":"x"'],
    ['enrolment', enrolmentBody, '"enrolment":"x"'],
    ['response', responseBody, '"response":"x"'],
    ['device change', deviceChangeBody, '"name":"x"'],
  ] as const;

  it.each(objects)('of a %s are marked where the caller chose a name, so that it stays out of the log', (_, schema) => {
    for (const member of Object.keys(Reflect.get(schema, 'entries'))) {
      for (const value of ['{"s3cret":1}', '{"keys":[{"s3cret":1}]}', '[{"s3cret":1}]', '{"keys":{"s3cret":1}}']) {
        const refusal = refusalOf(parse(`{"${member}":${value}}`, schema));
        const isQuoted = JSON.stringify(refusal).includes('s3cret');
        expect(isQuoted && refusal, `${member}: ${value}`).toEqual(isQuoted && { ...refusal, isUnknown: true });
      }
    }
  });

  it.each(objects)('of a %s that nobody knows are refused: a typo must not be silent', (_, schema, members) => {
    for (const name of ['nope', '__proto__', 'constructor', 'prototype', 'toString', 'Client_Name']) {
      const refusal = refusalOf(parse(`{${members},"${name}":{"polluted":true}}`, schema));
      expect(refusal, name).toBeDefined();
      expect(refusal?.reason, name).not.toBe('malformed_body');
    }
    expect(parse(`{${members}}`, schema).ok).toBe(true);
  });

  it('never reach a prototype, however deep they stand', () => {
    const hostile = '{"__proto__":{"polluted":true},"kty":"RSA","constructor":{"prototype":{"polluted":true}}}';
    parse(`{"client_name":"x","jwks":{"keys":[${hostile}]},"scope_descriptions":{"__proto__":"x"}}`, clientBody);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { jwks } = valueFrom(parse(`{"client_name":"x","jwks":{"keys":[${hostile}]}}`, clientBody));
    expect(Object.getPrototypeOf(jwks?.keys[0])).toBe(Object.prototype);
  });
});

describe('what the admin API takes', () => {
  const client = (different: object) => parse(JSON.stringify({ client_name: 'x', ...different }), clientBody);
  const nameOf = (result: ReturnType<typeof client>) => {
    const refusal = refusalOf(result);
    return refusal?.reason === 'invalid_parameter' ? refusal.name : undefined;
  };

  it.each([
    ['token_endpoint_auth_method', 'none'],
    ['token_endpoint_auth_method', 'client_secret_jwt'],
    ['token_endpoint_auth_signing_alg', 'HS256'],
    ['backchannel_token_delivery_mode', 'post'],
    ['id_token_signed_response_alg', 'none'],
    ['access_token_signed_response_alg', 'RS512'],
    ['requests_per_minute', 0],
    ['requests_per_minute', 1.5],
    ['requests_per_minute', '5'],
    ['default_audience', ''],
    ['default_audience', 'x'.repeat(256)],
  ])('no client with %s %o', (member, value) => {
    expect(nameOf(client({ [member]: value }))).toBe(member);
  });

  it('no client with another grant, more than 10 keys or more than 50 audiences', () => {
    expect(nameOf(client({ grant_types: ['authorization_code'] }))).toBe('grant_types.0');
    const keys = (count: number) => ({ jwks: { keys: Array(count).fill({ kty: 'RSA' }) } });
    expect(client(keys(10)).ok).toBe(true);
    expect(nameOf(client(keys(11)))).toBe('jwks.keys');
    expect(client({ audiences: Array(50).fill('a') }).ok).toBe(true);
    expect(nameOf(client({ audiences: Array(51).fill('a') }))).toBe('audiences');
  });

  it('keeps private members of keys in sight, so that the rule of registration can refuse them', () => {
    expect(valueFrom(client({ jwks: { keys: [{ kty: 'RSA', d: 'x' }] } })).jwks?.keys[0]).toHaveProperty('d');
  });

  it('no change of a client’s or user’s identifier', () => {
    expect(refusalOf(parse('{"client_id":"other"}', clientChangeBody))).toMatchObject({ name: 'client_id' });
    expect(refusalOf(parse('{"sub":"other"}', userChangeBody))).toMatchObject({ name: 'sub' });
  });

  it('null in a change, to take a member out, but never for a name that must be there', () => {
    const client = { scope: null, scope_descriptions: null, audiences: null, default_audience: null };
    const others = { requests_per_minute: null, token_endpoint_auth_signing_alg: null };
    expect(parse(JSON.stringify({ ...client, ...others }), clientChangeBody).ok).toBe(true);
    expect(refusalOf(parse('{"client_name":null}', clientChangeBody))).toMatchObject({ name: 'client_name' });
    const user = { name: null, email: null, email_verified: null, phone_number: null, preferred_username: null };
    expect(valueFrom(parse(JSON.stringify(user), userChangeBody))).toEqual(user);
    expect(refusalOf(parse('{"blocked":null}', userChangeBody))).toMatchObject({ name: 'blocked' });
    expect(refusalOf(parse('{"email":null}', userBody))).toMatchObject({ name: 'email' });
  });

  it('an empty change', () => {
    expect(valueFrom(parse('{}', clientChangeBody))).toEqual({ new_secret: false });
    expect(valueFrom(parse('{}', userChangeBody))).toEqual({});
  });
});
