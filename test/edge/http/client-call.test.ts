import { expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { clientCallFrom } from '../../../provider/edge/http/client-call.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { FORM, requestWith } from './given.ts';

it('a call of a client is its form, with all that a client may authenticate with', () => {
  const request = {
    ...requestWith('scope=openid', FORM, { authorization: 'Basic YTpi', dpop: 'proof' }),
    url: 'https://op.example/token',
    certificate: '-----BEGIN CERTIFICATE-----',
  };
  const { form, headers, url, certificate } = valueFrom(clientCallFrom(request, STANDARD_PROFILE));
  expect(Object.fromEntries(form)).toEqual({ scope: ['openid'] });
  expect(headers).toMatchObject({ authorization: 'Basic YTpi', dpop: 'proof' });
  expect({ url, certificate }).toEqual({ url: 'https://op.example/token', certificate: '-----BEGIN CERTIFICATE-----' });
});

it('a form that cannot be read is refused, whatever the client authenticates with', () => {
  expect(
    refusalOf(clientCallFrom(requestWith('a=%', FORM, { authorization: 'Basic !!!!' }), STANDARD_PROFILE))?.reason,
  ).toBe('malformed_body');
});
