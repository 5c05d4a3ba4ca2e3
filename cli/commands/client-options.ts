import { DELIVERY_MODES, SIGNING_ALGORITHMS } from '../../provider/core/client/client.ts';
import type { ClientMetadata } from '../../provider/core/client/registration.ts';
import type { OptionSpec } from '../command-line/command.ts';
import { readList, readPairs, readPublicKeys, readWholeNumber } from '../command-line/option-reading.ts';

const ALGORITHM = SIGNING_ALGORITHMS.join('|');
type MemberOption = OptionSpec & { readonly member: keyof ClientMetadata };

/** One option a member of the registration, by its standard name. */
export const metadataOptions = {
  'client-name': { kind: 'text', member: 'client_name', value: 'NAME', about: 'Who asks; the phone shows it.' },
  scope: {
    kind: 'text',
    member: 'scope',
    value: 'SCOPES',
    about: 'Scopes the client may have, separated by spaces: "openid profile accounts". By default openid.',
  },
  'scope-description': {
    kind: 'list',
    member: 'scope_descriptions',
    value: 'SCOPE=TEXT',
    about: 'What the phone shows for a scope of your own. Repeat for more; replaces all.',
    read: readPairs,
  },
  audience: {
    kind: 'list',
    member: 'audiences',
    value: 'AUDIENCE',
    about: 'An API the client may ask tokens for. Repeat for more; replaces all, and "" leaves none.',
    read: readList,
  },
  'default-audience': {
    kind: 'text',
    member: 'default_audience',
    value: 'AUDIENCE',
    about: 'The audience when the client asks for none; one of the audiences.',
  },
  'token-endpoint-auth-method': {
    kind: 'text',
    member: 'token_endpoint_auth_method',
    value: 'METHOD',
    about: 'client_secret_basic (by default), client_secret_post or private_key_jwt.',
  },
  jwks: {
    kind: 'text',
    member: 'jwks',
    value: 'FILE',
    about: 'Public keys for private_key_jwt: a JWK Set, one JWK, or a public key in PEM.',
    read: readPublicKeys,
  },
  'token-endpoint-auth-signing-alg': {
    kind: 'text',
    member: 'token_endpoint_auth_signing_alg',
    value: ALGORITHM,
    about: 'The only algorithm that client assertions may use; by default any of them.',
  },
  'backchannel-token-delivery-mode': {
    kind: 'text',
    member: 'backchannel_token_delivery_mode',
    value: DELIVERY_MODES.join('|'),
    about: 'How the client learns of the end, by default poll.',
  },
  'backchannel-client-notification-endpoint': {
    kind: 'text',
    member: 'backchannel_client_notification_endpoint',
    value: 'URL',
    about: 'Where a client in ping mode is notified: https, at a public address.',
  },
  'id-token-signed-response-alg': {
    kind: 'text',
    member: 'id_token_signed_response_alg',
    value: ALGORITHM,
    about: 'Algorithm of ID tokens, by default RS256.',
  },
  'access-token-signed-response-alg': {
    kind: 'text',
    member: 'access_token_signed_response_alg',
    value: ALGORITHM,
    about: 'Algorithm of access tokens, by default RS256, the only one that API Gateway accepts.',
  },
  'requests-per-minute': {
    kind: 'text',
    member: 'requests_per_minute',
    value: 'NUMBER',
    about: 'Most authentication requests a minute over all users; by default no limit of its own.',
    read: readWholeNumber,
  },
} as const satisfies Record<string, MemberOption>;
