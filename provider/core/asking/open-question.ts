/** A question on a person's phones: an authentication request that is neither decided nor expired. */
export type OpenQuestion = {
  /** A random id, so that two questions of one second differ. */
  readonly id: string;
  readonly clientId: string;
  /** Until when it is open, if nobody answers, in epoch seconds. */
  readonly expiresAt: number;
  /** True if no phone shows it, because the person reported the client. Then it is a question for its client alone. */
  readonly isSilent?: true | undefined;
};

/**
 * Returns whether a new question meets another one, so that the person could take the one for the other. The client of a
 * silent question must meet it as it would meet one that rings. Other clients do not meet it.
 */
export function meetsAnother(own: OpenQuestion, open: readonly OpenQuestion[], now: number): boolean {
  return open.some(
    ({ id, clientId, expiresAt, isSilent }) =>
      id !== own.id && expiresAt > now && (!isSilent || clientId === own.clientId),
  );
}
