import { CLIENT_AUTHENTICATION_METHODS, DELIVERY_MODES } from '../../../provider/core/client/client.ts';
import { SIGNING_ALGORITHMS } from '../../../provider/core/keys/jwk.ts';
import { choice, type JsonSchema, list, text } from './schema.ts';

const url = (description: string) => ({ ...text(description), format: 'uri' });
const algorithms = (description: string) => list(choice(SIGNING_ALGORITHMS, 'An algorithm.'), description);
const methods = list(choice(CLIENT_AUTHENTICATION_METHODS, 'A method.'), 'How clients authenticate.');
const texts = (description: string) => list(text('One of them.'), description);
const flag = (description: string): JsonSchema => ({ type: 'boolean', description });

const REQUIRED: Readonly<Record<string, JsonSchema>> = {
  issuer: url('The issuer, with its slash. Tokens have it exactly.'),
  backchannel_authentication_endpoint: url('Where clients ask (CIBA §4).'),
  backchannel_authentication_resend_endpoint: url('An extension: where clients ring again.'),
  backchannel_authentication_withdrawal_endpoint: url('An extension: where clients withdraw.'),
  backchannel_authentication_number_endpoint: url('An extension: where clients enter a number.'),
  authorization_endpoint: url('It refuses everybody: nobody is redirected.'),
  token_endpoint: url('Where clients poll and redeem.'),
  revocation_endpoint: url('Where clients revoke (RFC 7009).'),
  jwks_uri: url('The key set.'),
  backchannel_token_delivery_modes_supported: list(choice(DELIVERY_MODES, 'A mode.'), 'How clients hear (CIBA §4).'),
  backchannel_user_code_parameter_supported: flag('Whether clients may send user codes.'),
  grant_types_supported: texts('The grants.'),
  response_types_supported: texts('None: nobody is redirected.'),
  subject_types_supported: texts('`public`.'),
  scopes_supported: texts('The standard scopes. Clients may have others.'),
  claims_supported: texts('What ID tokens may contain.'),
  id_token_signing_alg_values_supported: algorithms('Of ID tokens.'),
  token_endpoint_auth_methods_supported: methods,
  token_endpoint_auth_signing_alg_values_supported: algorithms('Of client assertions.'),
  revocation_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_signing_alg_values_supported: algorithms('Of client assertions.'),
  request_uri_parameter_supported: flag('False.'),
  request_parameter_supported: flag('Whether requests may be signed.'),
};
const OPTIONAL: Readonly<Record<string, JsonSchema>> = {
  acr_values_supported: texts('The classes that the policy of the operator knows.'),
  backchannel_authentication_request_signing_alg_values_supported: algorithms('Of signed requests.'),
  require_signed_request_object: flag('Whether each request must be signed.'),
};

/** The discovery document (OIDC Discovery §3, RFC 8414 §2, CIBA §4). */
export const METADATA: JsonSchema = {
  type: 'object',
  properties: { ...REQUIRED, ...OPTIONAL },
  required: Object.keys(REQUIRED),
  additionalProperties: false,
};
