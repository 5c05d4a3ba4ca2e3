import * as v from 'valibot';

// The members of the device API's answers (docs/device-api.md) that this phone uses.
export const enrolledAnswer = v.object({
  device_id: v.string(),
  sub: v.string(),
  issuer: v.string(),
  verification_key: v.optional(v.literal(true)),
});
export const refusedAnswer = v.object({ error: v.optional(v.string()), error_description: v.optional(v.string()) });
const numberMatching = v.optional(v.picklist(['phone_enters', 'client_enters']));
/** Who has to enter a number. */
export type NumberMatching = NonNullable<v.InferOutput<typeof numberMatching>>;
const waiting = v.object({
  request_id: v.string(),
  // A provider of an earlier version does not say it.
  issued_at: v.optional(v.number()),
  expires_at: v.number(),
  number_matching: numberMatching,
  awaiting_number: v.optional(v.literal(true)),
  times_rung: v.optional(v.number()),
});
/** A request in the list of a phone. */
export type WaitingRequest = Readonly<v.InferOutput<typeof waiting>>;
export const listAnswer = v.object({ requests: v.array(waiting) });
export const detailsAnswer = v.object({ details: v.string(), number_matching: numberMatching });
export const recordedAnswer = v.object({ number: v.optional(v.pipe(v.string(), v.regex(/^[0-9]{2}$/))) });
