import { describe, expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { clientCallFrom } from '../../../provider/edge/http/client-call.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { FORM, requestWith } from './given.ts';

it('a call of a client is its form, with all that a client may authenticate with', async () => {
  const request = {
    ...requestWith('scope=openid', FORM, { authorization: 'Basic YTpi', dpop: 'proof' }),
    url: 'https://op.example/token',
    certificate: '-----BEGIN CERTIFICATE-----',
  };
  const { form, headers, url, certificate } = valueFrom(await clientCallFrom(request, STANDARD_PROFILE));
  expect(Object.fromEntries(form)).toEqual({ scope: ['openid'] });
  expect(headers).toMatchObject({ authorization: 'Basic YTpi', dpop: 'proof' });
  expect({ url, certificate }).toEqual({ url: 'https://op.example/token', certificate: '-----BEGIN CERTIFICATE-----' });
});

it('a form that cannot be read is refused, whatever the client authenticates with', async () => {
  expect(
    refusalOf(await clientCallFrom(requestWith('a=%', FORM, { authorization: 'Basic !!!!' }), STANDARD_PROFILE))
      ?.reason,
  ).toBe('malformed_body');
});

describe('a call in JSON', () => {
  const JSON_TYPE = 'application/json';
  const FAPI = { ...STANDARD_PROFILE, body: 'form' } as const;
  const call = (body: string, contentType = JSON_TYPE, profile: { body: 'form' | 'form_or_json' } = STANDARD_PROFILE) =>
    clientCallFrom(requestWith(body, contentType), profile);
  const formOf = async (body: string, contentType = JSON_TYPE) =>
    Object.fromEntries(valueFrom(await call(body, contentType)).form);

  it('is the form that would say the same, as auth0-python sends it to the token endpoint', async () => {
    const body = {
      client_id: 'app',
      auth_req_id: 'x-1',
      grant_type: 'urn:openid:params:grant-type:ciba',
      client_secret: 's&=%+\u00e4',
    };
    expect(await formOf(JSON.stringify(body))).toEqual({
      client_id: ['app'],
      auth_req_id: ['x-1'],
      grant_type: ['urn:openid:params:grant-type:ciba'],
      client_secret: ['s&=%+\u00e4'],
    });
  });

  it.each(['application/json; charset=utf-8', 'APPLICATION/JSON;charset=UTF-8'])('may be "%s"', async (contentType) => {
    expect(await formOf('{"scope":"openid"}', contentType)).toEqual({ scope: ['openid'] });
  });

  it.each(['text/json', 'application/problem+json', 'application/json, application/json', `${JSON_TYPE},${FORM}`])(
    'is not "%s"',
    async (contentType) => {
      expect(refusalOf(await call('{"scope":"openid"}', contentType))?.reason).toBe('unsupported_media_type');
    },
  );

  it('is refused where the profile has forms alone, as FAPI-CIBA does (CIBA §7.1)', async () => {
    expect(refusalOf(await call('{"scope":"openid"}', JSON_TYPE, FAPI))).toEqual({
      reason: 'unsupported_media_type',
      expected: FORM,
    });
    expect((await call('scope=openid', FORM, FAPI)).ok).toBe(true);
  });

  it.each([
    ['{"client_id":"a","client_id":"b"}', 'client_id'],
    ['{"client_id":"a","x":"{","cli\\u0065nt_id":"a"}', 'client_id'],
    ['{"a":{"b":1,"c":[{"b":1}],"b":2}}', 'b'],
    ['{"":"a","":"b"}', ''],
    ['{"__proto__":"a","__proto__":"b"}', '__proto__'],
    ['{"a":"\\"","a" \n:"b"}', 'a'],
  ])('names each parameter once, which JSON.parse would not tell: %s (RFC 6749 §3.2)', async (body, name) => {
    expect(refusalOf(await call(body))).toEqual({ reason: 'repeated_parameter', name });
  });

  it.each([
    '{"a":"a","b":["a","a"],"c":{"a":"a"},"d":[{"a":1},{"a":1}],"A":"a"}',
    '{"a":"\\"a\\":1,\\"a\\":2","b":"a"}',
    '{"a":{"x":1},"b":{"x":1}}',
  ])('may have a name again in another object, or in a text: %s', async (body) => {
    expect((await call(body)).ok).toBe(true);
  });

  it('has parameters of any name, and no prototype', async () => {
    const { form } = valueFrom(await call('{"__proto__":"x","constructor":"y"}'));
    expect([...form]).toEqual([
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
  });

  it('is refused when it is no object, nested too deeply, or too large', async () => {
    expect(refusalOf(await call('["client_id"]'))?.reason).toBe('malformed_body');
    expect(refusalOf(await call(`{"a":${'['.repeat(8)}${']'.repeat(8)}}`))?.reason).toBe('malformed_body');
    expect(refusalOf(await call('scope=openid'))?.reason).toBe('malformed_body');
    expect(refusalOf(await call(''))?.reason).toBe('malformed_body');
    expect(refusalOf(await call(JSON.stringify({ scope: 'x'.repeat(65_536) })))?.reason).toBe('body_too_large');
  });
});
