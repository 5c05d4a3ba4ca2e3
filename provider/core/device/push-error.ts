/** Why a push could not be handed to SNS, as a few words of the provider's own. A metric counts by them. */
export type PushErrorKind =
  | 'endpoint_dead'
  | 'credential_refused'
  | 'not_authorized'
  | 'throttled'
  | 'timeout'
  | 'invalid'
  | 'other';

/**
 * The provider's own name for the error of a deleted endpoint. SNS only says that the address is not a valid parameter.
 */
export const ENDPOINT_DELETED = 'EndpointDeleted';

/** SNS's names of errors, with and without the ending `Exception`, which only some of them have. */
const KINDS: readonly (readonly [PushErrorKind, RegExp])[] = [
  ['endpoint_dead', /^(EndpointDisabled|NotFound|EndpointDeleted)(Exception)?$/],
  ['credential_refused', /^PlatformApplicationDisabled(Exception)?$/],
  ['not_authorized', /^(AuthorizationError|AccessDenied|InvalidSecurity)(Exception)?$/],
  ['throttled', /^Throttl(ed|ing)(Exception)?$/],
  ['timeout', /^(TimeoutError|RequestTimeout|AbortError)$/],
  ['invalid', /^(InvalidParameter|InvalidParameterValue|ValidationException)(Exception)?$/],
];

/** Returns the kind of an error by its name. */
export function pushErrorKind(name: string): PushErrorKind {
  return KINDS.find(([, names]) => names.test(name))?.[0] ?? 'other';
}

/** The part of a push's outcome that is logged. */
type LoggedOutcome = { readonly error?: string | undefined; readonly messageId?: string | undefined };

/**
 * Returns the fields of the log line for some pushes: the errors by SNS's names, the kind of the first error, and the
 * ids by which SNS later reports on these pushes.
 */
export function notedPushes(outcomes: readonly LoggedOutcome[]): {
  readonly push_errors?: string;
  readonly push_error?: PushErrorKind;
  readonly push_ids?: string;
} {
  const errors = outcomes.flatMap(({ error }) => error ?? []);
  const ids = outcomes.flatMap(({ messageId }) => messageId ?? []);
  const [first] = errors;
  return {
    ...(first !== undefined && { push_errors: errors.join(' '), push_error: pushErrorKind(first) }),
    ...(ids.length > 0 && { push_ids: ids.join(' ') }),
  };
}
