/**
 * What a caller receives for a refusal: status, error code and description. Other members are present only where a
 * standard defines them.
 */
export type Wording = {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly members?: Readonly<Record<string, unknown>>;
  /** The evidence that may be logged: a name or word of the provider's own, never a value that was sent. */
  readonly detail?: string | undefined;
};

/** A wording for each refusal of a union. */
export type Wordings<Refusal extends { readonly reason: string }> = {
  readonly [Reason in Refusal['reason']]: (refusal: Extract<Refusal, { reason: Reason }>) => Wording;
};

type More = Pick<Wording, 'headers' | 'members' | 'detail'>;

/** Makes a wording. */
export const wording = (status: number, error: string, description: string, more: More = {}): Wording => ({
  status,
  error,
  description,
  ...more,
});
/** 400 `invalid_request` (RFC 6749 §5.2). */
export const invalidRequest = (description: string, detail?: string): Wording =>
  wording(400, 'invalid_request', description, { detail });
/** 401 `invalid_client` (RFC 6749 §5.2). Unknown clients and wrong credentials share this wording. */
export const invalidClient = (description = 'Client authentication failed.', detail?: string): Wording =>
  wording(401, 'invalid_client', description, { detail });
/** 400 `invalid_grant` (RFC 6749 §5.2). Unknown ids and ids of other clients share this wording. */
export const invalidGrant = (description: string, detail?: string): Wording =>
  wording(400, 'invalid_grant', description, { detail });
/** Returns the header that says after how many whole seconds the caller may try again: at least one. */
export const retryAfter = (seconds: number): More => ({
  headers: { 'retry-after': String(Math.max(1, Math.ceil(seconds))) },
});
