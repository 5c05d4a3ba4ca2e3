/** Why a push could not be handed to SNS, in few words of ours: a metric counts by them. */
export type PushErrorKind =
  | 'endpoint_dead'
  | 'credential_refused'
  | 'not_authorized'
  | 'throttled'
  | 'timeout'
  | 'invalid'
  | 'other';

/** What a deleted endpoint is called here: SNS only says that the address is no valid parameter. */
export const ENDPOINT_DELETED = 'EndpointDeleted';

/** SNS's names of errors, with and without the ending that some have. */
const KINDS: readonly (readonly [PushErrorKind, RegExp])[] = [
  ['endpoint_dead', /^(EndpointDisabled|NotFound|EndpointDeleted)(Exception)?$/],
  ['credential_refused', /^PlatformApplicationDisabled(Exception)?$/],
  ['not_authorized', /^(AuthorizationError|AccessDenied|InvalidSecurity)(Exception)?$/],
  ['throttled', /^Throttl(ed|ing)(Exception)?$/],
  ['timeout', /^(TimeoutError|RequestTimeout|AbortError)$/],
  ['invalid', /^(InvalidParameter|InvalidParameterValue|ValidationException)(Exception)?$/],
];

/** The kind of an error by its name. */
export function pushErrorKind(name: string): PushErrorKind {
  return KINDS.find(([, names]) => names.test(name))?.[0] ?? 'other';
}

/** What became of a push, as far as the log tells of it. */
type Told = { readonly error?: string | undefined; readonly messageId?: string | undefined };

/**
 * The fields that the log line has of some pushes: errors by SNS's names, the kind of the first, and the ids by which
 * SNS's later news name these pushes.
 */
export function notedPushes(outcomes: readonly Told[]): {
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
