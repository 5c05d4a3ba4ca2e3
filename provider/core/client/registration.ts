import { STANDARD_SCOPES } from '../asking/scope.ts';
import { SIGNING_ALGORITHMS } from '../keys/jwk.ts';
import { isReservedAudience, SYNTHETIC_AUDIENCE, SYNTHETIC_ID } from '../operating/reserved.ts';
import { ok, type Result, refuse } from '../result.ts';
import { CIBA_GRANT } from '../token/grant-types.ts';
import type { Nothing, Whole } from '../whole.ts';
import type { Client, ClientCredential, ClientSecrets, Registration } from './client.ts';
import { describeKeys, registerKeys } from './client-keys.ts';
import { describeHintIssuers, registerHintIssuers } from './hint-issuers.ts';
import { CLIENT_METADATA, CLIENT_METADATA_ROWS, type ClientMetadata } from './metadata.ts';
import { NO_SECRET } from './secrets.ts';

const wrong = (member: string, expected: string) => refuse({ reason: 'invalid_client_metadata', member, expected });

/**
 * Turns a registration into a client. The hashes are those of secrets that this provider made. They are not used with
 * `private_key_jwt`. A registration never makes the client of the synthetic login.
 */
export function registerClient(metadata: ClientMetadata, own: ClientSecrets & Registration): Result<Client> {
  const texts = checkTexts({ ...metadata, client_id: own.clientId });
  if (!texts.ok) return texts;
  const credential = registerCredential(metadata, own);
  if (!credential.ok) return credential;
  const hintIssuers = registerHintIssuers(metadata.login_hint_token_issuers);
  if (!hintIssuers.ok) return hintIssuers;
  const endpoint = checkNotificationEndpoint(metadata);
  if (!endpoint.ok) return endpoint;
  return ok<Whole<Client>>({
    clientId: own.clientId,
    registrationId: own.registrationId,
    name: metadata.client_name,
    credential: credential.value,
    strictMethod: metadata.strict_token_endpoint_auth_method,
    grantTypes: metadata.grant_types ?? [CIBA_GRANT],
    deliveryMode: metadata.backchannel_token_delivery_mode ?? 'poll',
    notificationEndpoint: metadata.backchannel_client_notification_endpoint,
    sendsUserCodes: metadata.backchannel_user_code_parameter,
    requestAlgorithm: metadata.backchannel_authentication_request_signing_alg,
    requiresSignedRequests: metadata.require_signed_request_object,
    scopes: metadata.scope?.split(' ') ?? ['openid'],
    scopeDescriptions: metadata.scope_descriptions ?? {},
    audiences: metadata.audiences ?? [],
    defaultAudience: metadata.default_audience,
    jwtTypAudiences: metadata.jwt_typ_audiences,
    idTokenAlgorithm: metadata.id_token_signed_response_alg ?? 'RS256',
    accessTokenAlgorithm: metadata.access_token_signed_response_alg ?? 'RS256',
    requestsPerMinute: metadata.requests_per_minute,
    secretDays: metadata.client_secret_days,
    requiresOpenid: metadata.require_openid_scope,
    hintIssuers: hintIssuers.value,
    numberMatching: metadata.number_matching,
    onlySub: metadata.only_sub,
    isSynthetic: undefined,
    revision: undefined,
  });
}

/** Checks what a registration says by itself: each member, the audiences with one another, and the descriptions. */
function checkTexts(metadata: ClientMetadata & { readonly client_id: string }): Result<true> {
  const members = checkMembers(metadata);
  if (!members.ok) return members;
  const audiences = checkAudiences(metadata, metadata.client_id);
  return audiences.ok ? checkDescriptions(metadata) : audiences;
}

/** Checks each member that is present against its rule, in the order of the table. */
function checkMembers(metadata: ClientMetadata): Result<true> {
  const values: Readonly<Record<string, unknown>> = metadata;
  for (const [member, { rule }] of CLIENT_METADATA_ROWS) {
    if (rule && !textsIn(values[member]).every(rule.fits)) return wrong(member, rule.expected);
  }
  return ok(true);
}

/** Returns the texts of a value: the value itself, the entries of a list, or the values of a map. */
function textsIn(value: unknown): readonly string[] {
  const values = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return values.filter((one) => typeof one === 'string');
}

function checkDescriptions({ scope_descriptions: described = {} }: ClientMetadata): Result<true> {
  return STANDARD_SCOPES.some((scope) => Object.hasOwn(described, scope))
    ? wrong('scope_descriptions', `without ${STANDARD_SCOPES.join(', ')}, which have words of their own`)
    : ok(true);
}

function checkAudiences(metadata: ClientMetadata, clientId: string): Result<true> {
  const { audiences, default_audience, jwt_typ_audiences = [] } = metadata;
  if (audiences?.includes(clientId))
    return wrong('audiences', 'without the client_id: ID tokens of the client would pass for access tokens');
  if (audiences?.some(isReservedAudience))
    return wrong(
      'audiences',
      `without ${SYNTHETIC_AUDIENCE} and ${SYNTHETIC_ID}, which are reserved for the synthetic login`,
    );
  if (jwt_typ_audiences.some((audience) => !audiences?.includes(audience)))
    return wrong('jwt_typ_audiences', 'some of audiences');
  return default_audience === undefined || audiences?.includes(default_audience)
    ? ok(true)
    : wrong('default_audience', 'one of audiences');
}

/**
 * Returns how the client authenticates. Without a method it is `private_key_jwt`, because such a client never sends
 * what others could use. RFC 7591 §2 names `client_secret_basic` as the default, and lets a server replace what it is
 * sent (§3.2.1); the answer says what was registered.
 */
function registerCredential(
  metadata: ClientMetadata,
  { secretHash, secretExpiresAt, oldSecret }: ClientSecrets,
): Result<ClientCredential> {
  const method = metadata.token_endpoint_auth_method ?? 'private_key_jwt';
  if (method === 'private_key_jwt' && metadata.client_secret_days !== undefined)
    return wrong('client_secret_days', NO_SECRET);
  const registered = registerKeys(metadata);
  if (!registered.ok) return registered;
  const { keys = [], ...published } = registered.value ?? {};
  if (method !== 'private_key_jwt')
    return ok({
      method,
      secretHash,
      ...(secretExpiresAt !== undefined && { secretExpiresAt }),
      ...(oldSecret && { oldSecret }),
      ...registered.value,
    });
  const algorithm = metadata.token_endpoint_auth_signing_alg;
  return ok({ method, algorithms: algorithm ? [algorithm] : [...SIGNING_ALGORITHMS], keys, ...published });
}

/**
 * Checks that a `ping` or `push` client names its endpoint and that a `poll` client names none (CIBA §4). An endpoint
 * that is never called would be misleading.
 */
function checkNotificationEndpoint(metadata: ClientMetadata): Result<true> {
  const member = 'backchannel_client_notification_endpoint';
  const isNotified = (metadata.backchannel_token_delivery_mode ?? 'poll') !== 'poll';
  const isThere = metadata[member] !== undefined;
  if (metadata.backchannel_token_delivery_mode === 'push' && metadata.require_openid_scope === false)
    return wrong('require_openid_scope', 'absent or true with push: the ID token binds what is pushed to the request');
  if (isNotified === isThere) return ok(true);
  return wrong(
    member,
    isNotified
      ? CLIENT_METADATA[member].rule.expected
      : 'absent unless backchannel_token_delivery_mode is ping or push',
  );
}

/**
 * Returns what is accepted and should be looked at again: audiences that are no URIs. A word may be the name of another
 * API too, and nothing tells which one it means (RFC 8707 §2 asks for URIs).
 */
export function warningsOf({ audiences }: Pick<Client, 'audiences'>): readonly string[] {
  const words = audiences.filter((audience) => !URL.canParse(audience));
  return words.map(
    (word) => `The audience ${word} is no URI. Use the address of the API, so that no other has the same.`,
  );
}

function describeAuthentication(client: Client) {
  const { credential, strictMethod } = client;
  return {
    token_endpoint_auth_method: credential.method,
    strict_token_endpoint_auth_method: strictMethod,
    ...describeKeys(credential, client),
  };
}

/**
 * Returns the registration of a client without anything secret. Absent members are undefined, which JSON leaves out.
 */
export function describeClient(client: Client): ClientMetadata & { readonly client_id: string } {
  const { clientId, registrationId, name, grantTypes, deliveryMode, notificationEndpoint, ...more } = client;
  const { scopes, scopeDescriptions, audiences, defaultAudience, jwtTypAudiences, ...further } = more;
  const { idTokenAlgorithm, accessTokenAlgorithm, requestsPerMinute, secretDays, ...last } = further;
  const { sendsUserCodes, requiresOpenid, hintIssuers, numberMatching, onlySub, isSynthetic, revision, ...rest } = last;
  const { credential: _, strictMethod: _isStrict, ...signing } = rest;
  const { requestAlgorithm: _algorithm, requiresSignedRequests: _isRequired, ...others } = signing;
  others satisfies Nothing;
  return {
    client_id: clientId,
    client_name: name,
    ...describeAuthentication(client),
    grant_types: grantTypes,
    backchannel_token_delivery_mode: deliveryMode,
    backchannel_client_notification_endpoint: notificationEndpoint,
    backchannel_user_code_parameter: sendsUserCodes,
    scope: scopes.join(' '),
    scope_descriptions: scopeDescriptions,
    id_token_signed_response_alg: idTokenAlgorithm,
    access_token_signed_response_alg: accessTokenAlgorithm,
    audiences,
    default_audience: defaultAudience,
    jwt_typ_audiences: jwtTypAudiences,
    requests_per_minute: requestsPerMinute,
    client_secret_days: secretDays,
    require_openid_scope: requiresOpenid,
    login_hint_token_issuers: describeHintIssuers(hintIssuers),
    number_matching: numberMatching,
    only_sub: onlySub,
  } satisfies Whole<ClientMetadata>;
}
