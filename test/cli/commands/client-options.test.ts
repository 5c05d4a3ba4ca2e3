import { expect, it } from 'vitest';
import { changeOptions, creationOptions } from '../../../cli/commands/client-options.ts';
import { CLIENT_METADATA } from '../../../provider/core/client/metadata.ts';

it('each member of client metadata has an option of its name, in the singular where it is repeated', () => {
  expect(Object.values(creationOptions).map(({ member }) => member)).toEqual(Object.keys(CLIENT_METADATA));
  expect(Object.keys(creationOptions).toSorted()).toEqual([
    'access-token-signed-response-alg',
    'audience',
    'backchannel-authentication-request-signing-alg',
    'backchannel-client-notification-endpoint',
    'backchannel-token-delivery-mode',
    'backchannel-user-code-parameter',
    'client-id',
    'client-name',
    'client-secret-days',
    'default-audience',
    'grant-type',
    'id-token-signed-response-alg',
    'jwks',
    'jwks-uri',
    'jwt-typ-audience',
    'login-hint-token-issuers',
    'number-matching',
    'only-sub',
    'requests-per-minute',
    'require-openid-scope',
    'require-signed-request-object',
    'scope',
    'scope-description',
    'strict-token-endpoint-auth-method',
    'token-endpoint-auth-method',
    'token-endpoint-auth-signing-alg',
  ]);
});

it('a change has no option for what never changes', () => {
  const names = Object.keys(creationOptions).filter((name) => name !== 'client-id');
  expect(Object.keys(changeOptions)).toEqual(names);
});

it('help says what a member means, what it must be, how it is typed and what holds by default', () => {
  expect(creationOptions['audience']).toMatchObject({
    kind: 'list',
    value: 'AUDIENCE',
    about:
      'Audiences (APIs) that the client may ask tokens for: URIs, never the id of a client. 1 to 255 printable ASCII ' +
      'characters each: the phone shows them. Repeat the option for more values. They replace all earlier ones; "" removes all. Default: none.',
  });
  expect(creationOptions['client-name']?.about).toBe(
    'The name of the client. The phone shows it to the user. No other client has one that looks the same. 1 to 64 readable characters.',
  );
});
