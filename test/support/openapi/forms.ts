import type { BackchannelRequest } from '../../../provider/core/asking/backchannel-request.ts';
import { GRANT_TYPES } from '../../../provider/core/token/grant-types.ts';
import type { JsonSchema } from './schema.ts';

// The parameters of the OAuth endpoints. The functions read them one by one, so they are described by hand: those of a
// request by the member that each becomes, which is why a new member does not compile without its parameters.

type Parameters = Readonly<Record<string, JsonSchema>>;

const parameter = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  minLength: 1,
  description,
  ...more,
});
const resources = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'string', minLength: 1 },
  description,
});

/** How clients authenticate without the `Authorization` header (OIDC Core §9). */
const CREDENTIALS: Parameters = {
  client_id: parameter('The client. Required with `client_secret`; optional with the other methods.'),
  client_secret: parameter('The secret, for `client_secret_post`.'),
  client_assertion_type: parameter('For `private_key_jwt`.', {
    enum: ['urn:ietf:params:oauth:client-assertion-type:jwt-bearer'],
  }),
  client_assertion: parameter('A JWT that the client signed, for `private_key_jwt` (RFC 7523 §3).'),
};
/** What each method needs. With none of them, the `Authorization` header has the secret. */
const WHOLE_CREDENTIALS = {
  dependentRequired: {
    client_secret: ['client_id'],
    client_assertion: ['client_assertion_type'],
    client_assertion_type: ['client_assertion'],
  },
};

const hint = (description: string): JsonSchema =>
  parameter(`${description} Exactly one hint must be sent (CIBA §7.1).`);

/** The parameters that become each member of a request. */
const OF_REQUEST: { readonly [Member in keyof BackchannelRequest]-?: Parameters } = {
  scopes: {
    scope: parameter('Scopes, separated by spaces. It must contain `openid` unless the client may do without.'),
  },
  hint: {
    login_hint: hint('Names the user: an e-mail address, a phone number, a username, or an identifier of RFC 9493.'),
    login_hint_token: hint('A JWT that names the user, signed by an issuer that is registered for the client.'),
    id_token_hint: hint('An ID token of the user, which this client got.'),
  },
  bindingMessage: { binding_message: parameter('A text of at most 64 characters that both devices show.') },
  userCode: { user_code: parameter('The code of the user, for clients that are registered to send it (CIBA §7.1.2).') },
  expiresInSeconds: {
    requested_expiry: parameter('For how many seconds the request may be answered. The provider has limits.', {
      pattern: '^[0-9]+$',
    }),
  },
  notificationToken: {
    client_notification_token: parameter(
      'The bearer token of the notification. Required of clients in ping or push mode.',
      {
        maxLength: 1024,
      },
    ),
  },
  audience: { audience: parameter('The API that the access token is for.') },
  resources: { resource: resources('The same by RFC 8707. It may be sent several times.') },
  acrValues: { acr_values: parameter('Classes of authentication that the client prefers, separated by spaces.') },
};

/** A form: its parameters, and which must be there. */
function form(parameters: Parameters, more: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { ...parameters, ...CREDENTIALS },
    additionalProperties: false,
    ...WHOLE_CREDENTIALS,
    ...more,
  };
}

const AUTH_REQ_ID = { auth_req_id: parameter('The id of the request, from the answer of `/bc-authorize`.') };

/** The forms by their names in the document. */
export const FORMS = {
  AuthenticationRequest: form(
    {
      ...Object.assign({}, ...Object.values<Parameters>(OF_REQUEST)),
      request: parameter('A signed JWT whose claims are the parameters, in place of them (CIBA §7.1.1).'),
    },
    {
      oneOf: [
        { required: ['request'] },
        ...Object.keys(OF_REQUEST.hint).map((name) => ({ required: ['scope', name] })),
      ],
    },
  ),
  OwnRequest: form(AUTH_REQ_ID, { required: ['auth_req_id'] }),
  EnteredNumber: form(
    { ...AUTH_REQ_ID, number: parameter('The two digits that the phone shows.', { pattern: '^[0-9]{2}$' }) },
    { required: ['auth_req_id', 'number'] },
  ),
  TokenRequest: form(
    {
      grant_type: parameter('The grant.', { enum: GRANT_TYPES }),
      ...AUTH_REQ_ID,
      resource: resources('Narrows the audience of the access token (RFC 8707). It may be sent several times.'),
    },
    { required: ['grant_type', 'auth_req_id'] },
  ),
  Revocation: form(
    {
      token: parameter('The access token. A text that is none is answered 200, too.'),
      token_type_hint: parameter('Has no influence: only access tokens can be revoked (RFC 7009 §2.1).'),
    },
    { required: ['token'] },
  ),
} as const;

/** How some parameters may also come in JSON (CIBA §7.1.1, RFC 8707 §2). All others are texts there too. */
const IN_JSON: Readonly<Record<string, (parameter: JsonSchema) => JsonSchema>> = {
  requested_expiry: ({ description, pattern }) => ({ type: ['string', 'integer'], description, pattern }),
  resource: ({ description, items }) => ({ type: ['array', 'string'], description, items }),
};

/** Returns the schema of a form whose parameters are the members of a JSON object. */
export function asJson(schema: JsonSchema): JsonSchema {
  const parameters = Object.entries<JsonSchema>(Object(schema['properties']));
  return {
    ...schema,
    properties: Object.fromEntries(parameters.map(([name, one]) => [name, IN_JSON[name]?.(one) ?? one])),
  };
}
