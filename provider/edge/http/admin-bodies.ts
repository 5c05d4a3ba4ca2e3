import * as v from 'valibot';
import { CLIENT_AUTHENTICATION_METHODS, DELIVERY_MODES, SIGNING_ALGORITHMS } from '../../core/client/client.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { GRANT_TYPES } from '../../core/token/grant-types.ts';
import type { HttpRequest } from './request.ts';

const algorithm = v.picklist(SIGNING_ALGORITHMS);
const uriOrName = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
/** A public key; private members are refused by the rule that registers the client. */
const jwk = v.looseObject({
  kty: v.picklist(['RSA', 'EC']),
  kid: v.optional(v.string()),
  alg: v.optional(algorithm),
  use: v.optional(v.literal('sig')),
  crv: v.optional(v.string()),
  x: v.optional(v.string()),
  y: v.optional(v.string()),
  n: v.optional(v.string()),
  e: v.optional(v.string()),
});
const clientMembers = {
  client_id: v.optional(v.string()),
  client_name: v.string(),
  token_endpoint_auth_method: v.optional(v.picklist(CLIENT_AUTHENTICATION_METHODS)),
  token_endpoint_auth_signing_alg: v.optional(algorithm),
  jwks: v.optional(v.strictObject({ keys: v.pipe(v.array(jwk), v.maxLength(10)) })),
  grant_types: v.optional(v.array(v.picklist(GRANT_TYPES))),
  backchannel_token_delivery_mode: v.optional(v.picklist(DELIVERY_MODES)),
  backchannel_client_notification_endpoint: v.optional(v.string()),
  scope: v.optional(v.string()),
  scope_descriptions: v.optional(v.record(v.string(), v.string())),
  id_token_signed_response_alg: v.optional(algorithm),
  access_token_signed_response_alg: v.optional(algorithm),
  audiences: v.optional(v.pipe(v.array(uriOrName), v.maxLength(50))),
  default_audience: v.optional(uriOrName),
  requests_per_minute: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  only_sub: v.optional(v.string()),
};

/** POST /admin/clients: registration metadata; an unknown member is an error, because a typo would be silent. */
export const clientBody = v.strictObject(clientMembers);
/** A member that a change may also take out, by null. */
const removable = <Schema extends v.GenericSchema>(schema: Schema) => v.nullish(schema);

/** PATCH /admin/clients/{client_id}: the members to change, null to take one out; `new_secret` ends the old secret. */
export const clientChangeBody = v.strictObject({
  ...clientMembers,
  client_id: v.optional(v.never()),
  client_name: v.optional(v.string()),
  backchannel_client_notification_endpoint: removable(v.string()),
  scope: removable(v.string()),
  scope_descriptions: removable(v.record(v.string(), v.string())),
  audiences: removable(clientMembers.audiences.wrapped),
  default_audience: removable(uriOrName),
  requests_per_minute: removable(clientMembers.requests_per_minute.wrapped),
  only_sub: removable(v.string()),
  token_endpoint_auth_signing_alg: removable(algorithm),
  new_secret: v.optional(v.boolean(), false),
});

/** POST of users: standard claims, `sub`, `blocked`. */
export const userBody = v.strictObject({
  sub: v.optional(v.string()),
  name: v.optional(v.string()),
  given_name: v.optional(v.string()),
  family_name: v.optional(v.string()),
  preferred_username: v.optional(v.string()),
  email: v.optional(v.string()),
  email_verified: v.optional(v.boolean()),
  phone_number: v.optional(v.string()),
  phone_number_verified: v.optional(v.boolean()),
  blocked: v.optional(v.boolean()),
});
const text = removable(v.string());
const flag = removable(v.boolean());
/** PATCH of users: the members to change, null to take one out. */
export const userChangeBody = v.strictObject({
  sub: v.optional(v.never()),
  name: text,
  given_name: text,
  family_name: text,
  preferred_username: text,
  email: text,
  email_verified: flag,
  phone_number: text,
  phone_number_verified: flag,
  blocked: v.optional(v.boolean()),
});

/** Who is calling. The route's IAM authorizer is the first lock; this refusal holds whatever the gateway was told. */
export function requireIamIdentity(request: HttpRequest): Result<string> {
  return request.iamIdentity === undefined ? refuse({ reason: 'no_iam_identity' }) : ok(request.iamIdentity);
}
