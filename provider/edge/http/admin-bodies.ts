import * as v from 'valibot';
import { CLIENT_METADATA_ROWS, type ClientMetadata } from '../../core/client/metadata.ts';
import type { MemberKind, MemberSpec } from '../../core/client/metadata-member.ts';
import { LONGEST_OVERLAP_SECONDS, SHORTEST_OVERLAP_SECONDS } from '../../core/client/secrets.ts';
import { SIGNING_ALGORITHMS } from '../../core/keys/jwk.ts';
import type { MemberChange } from '../../core/member-change.ts';
import { LONGEST_DEBUG_SECONDS } from '../../core/operating/log-level.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { NAMED_BY_CALLER } from './json-body.ts';

/** A public key. The rule that registers the client refuses private members. */
const jwk = v.looseObject({
  kty: v.picklist(['RSA', 'EC']),
  kid: v.optional(v.string()),
  alg: v.optional(v.picklist(SIGNING_ALGORITHMS)),
  use: v.optional(v.literal('sig')),
  crv: v.optional(v.string()),
  x: v.optional(v.string()),
  y: v.optional(v.string()),
  n: v.optional(v.string()),
  e: v.optional(v.string()),
});
const keySet = (most: number) => v.strictObject({ keys: v.pipe(v.array(jwk), v.maxLength(most)) });
const shortText = (longest: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(longest));
const hintIssuer = v.strictObject({
  issuer: v.string(),
  jwks: v.optional(keySet(10)),
  jwks_uri: v.optional(v.string()),
  audience: v.optional(v.string()),
});

/** Returns the schema for the JSON kind of a member. */
function schemaOf(member: MemberKind): v.GenericSchema {
  switch (member.kind) {
    case 'text':
      return member.longest === undefined ? v.string() : shortText(member.longest);
    case 'choice':
      return v.picklist(member.of);
    case 'choices':
      return v.array(v.picklist(member.of));
    case 'whole_number':
      return v.pipe(
        v.number(),
        v.integer(),
        v.minValue(member.least),
        v.maxValue(member.most ?? Number.MAX_SAFE_INTEGER),
      );
    case 'boolean':
      return v.boolean();
    case 'texts':
      return v.pipe(v.array(shortText(member.longest)), v.maxLength(member.most));
    case 'texts_by_name':
      return v.record(v.string(), v.string(NAMED_BY_CALLER));
    case 'public_keys':
      return keySet(member.most);
    case 'hint_issuers':
      return v.pipe(v.array(hintIssuer), v.maxLength(member.most));
  }
}

/** Returns the schema of a member at creation. A member that may be absent is optional. Null is refused. */
function creationSchema(member: MemberSpec): v.GenericSchema {
  return member.whenAbsent === 'required' ? schemaOf(member) : v.optional(schemaOf(member));
}

/** Returns the schema of a member in a change. Every member is optional. Null removes a member that may be removed. */
function changeSchema(member: MemberSpec): v.GenericSchema {
  if (member.change === 'never') return v.optional(v.never());
  return member.change === 'remove' ? v.nullish(schemaOf(member)) : v.optional(schemaOf(member));
}

/**
 * Makes the schema of a body with a member for each row of the table. An unknown member is an error, because a misspelt
 * name would otherwise go unnoticed.
 */
function metadataBody<Body>(
  schemaFor: (member: MemberSpec) => v.GenericSchema,
  more: v.ObjectEntries = {},
): v.GenericSchema<unknown, Body> {
  const rows = CLIENT_METADATA_ROWS.map(([name, member]) => [name, schemaFor(member)]);
  // The table determines both the schemas and the type of the body, kind by kind.
  return v.strictObject({ ...Object.fromEntries(rows), ...more }) as v.GenericSchema<unknown, Body>;
}

/** POST /admin/clients: registration metadata. */
export const clientBody = metadataBody<ClientMetadata>(creationSchema);
/** What a change may ask for besides members of the registration. */
type SecretMembers = {
  readonly new_secret: boolean;
  readonly old_secret_expires_in?: number;
  readonly keep_old_secret?: boolean;
};
/**
 * PATCH /admin/clients/{client_id}: the members to change; null removes a member. `new_secret` makes a new secret, and
 * `old_secret_expires_in` sets the end of the old one, in seconds from now: 0, or a time in which every copy of the
 * client is read anew. `keep_old_secret` makes the new secret replace the present one, and leaves the old one its end.
 */
export const clientChangeBody = metadataBody<MemberChange<ClientMetadata> & SecretMembers>(changeSchema, {
  new_secret: v.optional(v.boolean(), false),
  keep_old_secret: v.optional(v.boolean()),
  old_secret_expires_in: v.optional(
    v.union([
      v.literal(0),
      v.pipe(v.number(), v.integer(), v.minValue(SHORTEST_OVERLAP_SECONDS), v.maxValue(LONGEST_OVERLAP_SECONDS)),
    ]),
  ),
});

/** A member that a change may also remove, with null. */
const removable = <Schema extends v.GenericSchema>(schema: Schema) => v.nullish(schema);

/** POST /admin/users: standard claims, `sub`, `blocked`. */
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
/** POST /admin/users/search: a hint as clients send it, or the `sub`. */
export const userSearchBody = v.strictObject({ login_hint: v.optional(v.string()), sub: v.optional(v.string()) });

/** Reads what is searched for: exactly one member. */
export function userSearchFrom(
  body: v.InferOutput<typeof userSearchBody>,
): Result<{ readonly loginHint: string } | { readonly sub: string }> {
  const { login_hint: loginHint, sub } = body;
  if (loginHint && sub)
    return refuse({ reason: 'invalid_parameter', name: 'sub', expected: 'absent beside login_hint' });
  if (loginHint) return ok({ loginHint });
  return sub ? ok({ sub }) : refuse({ reason: 'missing_parameter', name: 'login_hint' });
}

/** PUT /admin/users/{sub}/user-code: the code. */
export const userCodeBody = v.strictObject({ user_code: v.string() });

const text = removable(v.string());
const flag = removable(v.boolean());
/** PATCH /admin/users/{sub}: the members to change; null removes a member. */
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

/** PUT /admin/log-level: the level, and after how many seconds `debug` ends by itself. */
export const logLevelBody = v.strictObject({
  level: v.picklist(['info', 'debug']),
  for_seconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(60), v.maxValue(LONGEST_DEBUG_SECONDS))),
});
