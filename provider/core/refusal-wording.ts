/** What a caller is told of a refusal: status, error code and description; further members only where a standard has them. */
export type Wording = {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
  /** The evidence that may be logged: a name or word of ours, never a value that was sent. */
  readonly detail?: string | undefined;
};

/** The wording of each refusal of a union. */
export type Wordings<Refusal extends { readonly reason: string }> = {
  readonly [Reason in Refusal['reason']]: (refusal: Extract<Refusal, { reason: Reason }>) => Wording;
};

type More = Pick<Wording, 'headers' | 'members' | 'detail'>;

/** A wording of its own. */
export const wording = (status: number, error: string, description: string, more: More = {}): Wording => ({
  status,
  error,
  description,
  ...more,
});
/** 400 `invalid_request` (RFC 6749 §5.2). */
export const invalidRequest = (description: string, detail?: string): Wording =>
  wording(400, 'invalid_request', description, { detail });
/** 401 `invalid_client` (RFC 6749 §5.2). Unknown clients and wrong credentials share the words. */
export const invalidClient = (description = 'Client authentication failed.', detail?: string): Wording =>
  wording(401, 'invalid_client', description, { detail });
/** 400 `invalid_grant` (RFC 6749 §5.2). Unknown and foreign ids share the words. */
export const invalidGrant = (description: string): Wording => wording(400, 'invalid_grant', description);
/** When to come again, in whole seconds and at least one. */
export const retryAfter = (seconds: number): More => ({
  headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) },
});
