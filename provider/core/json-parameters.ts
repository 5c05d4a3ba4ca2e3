import { readerOf, textClaim } from './asking/request-claims.ts';
import type { FormParameters } from './form.ts';
import { ok, type Result, refuse } from './result.ts';

/** The parameters of client calls that a signed request never has as a claim. All are texts. */
const OTHER_PARAMETERS: readonly string[] = [
  ...['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'],
  ...['grant_type', 'auth_req_id', 'token', 'token_type_hint'],
  ...['request', 'request_uri', 'number'],
];

/**
 * Turns the members of a JSON body into the form that would say the same, so that both are read alike. Some of Auth0's
 * SDKs send JSON to the token endpoint. Each parameter is a text, or has the type that it may have as a claim of a
 * signed request (CIBA §7.1.1). Null and the empty text are dropped, as an empty value of a form is. Unknown parameters
 * are ignored (RFC 6749 §3.1): their texts are kept, and their other values are dropped.
 */
export function formFromMembers(members: Readonly<Record<string, unknown>>): Result<FormParameters> {
  const form = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(members)) {
    if (value === null) continue;
    const known = readerOf(name) ?? (OTHER_PARAMETERS.includes(name) ? textClaim : undefined);
    const values = (known ?? textClaim).read(value);
    if (!values && known) return refuse({ reason: 'invalid_parameter', name, expected: known.expected });
    const present = values?.filter((one) => one !== '') ?? [];
    if (present.length > 0) form.set(name, present);
  }
  return ok(form);
}
