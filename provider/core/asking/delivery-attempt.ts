/** Why the phones of a request are rung once more: its client asked for it, or it ends soon. */
export type AttemptKind = 'resend' | 'reminder';

/**
 * An attempt to ring the phones of a request after the first one, which is made when the request is. It is stored before
 * a phone is rung. What became of it follows, and is undefined if the function ended in between.
 */
export type DeliveryAttempt = {
  readonly kind: AttemptKind;
  /** When it began, in epoch seconds. */
  readonly at: number;
  /** How many devices it was sent to. 0 if nobody was to be rung. */
  readonly devices?: number | undefined;
  /** For how many of them SNS accepted the push. */
  readonly accepted?: number | undefined;
  /** The errors of the others, by SNS's names. */
  readonly errors?: string | undefined;
};

/** What became of an attempt. */
export type AttemptResult = {
  readonly devices: number;
  readonly accepted: number;
  readonly errors?: string | undefined;
};

/** The longest text of errors that is stored, so that a request stays small. */
const ERRORS_LIMIT = 40;

/** Returns what became of the pushes of an attempt. */
export function resultOf(
  outcomes: readonly { readonly outcome: string; readonly error?: string | undefined }[],
): AttemptResult {
  const errors = [...new Set(outcomes.flatMap(({ error }) => error ?? []))].join(' ').slice(0, ERRORS_LIMIT);
  return {
    devices: outcomes.length,
    accepted: outcomes.filter(({ outcome }) => outcome === 'accepted').length,
    ...(errors !== '' && { errors }),
  };
}

/**
 * Returns how often the phones of a request were rung, the first time included. An attempt whose function ended may have
 * rung them, and counts.
 */
export function timesRung({ attempts = [] }: { readonly attempts?: readonly DeliveryAttempt[] | undefined }): number {
  return 1 + attempts.filter(({ devices }) => devices !== 0).length;
}

/** Returns the attempts of one kind, in their order. */
export function attemptsOf(
  { attempts = [] }: { readonly attempts?: readonly DeliveryAttempt[] | undefined },
  kind: AttemptKind,
): readonly DeliveryAttempt[] {
  return attempts.filter((attempt) => attempt.kind === kind);
}
