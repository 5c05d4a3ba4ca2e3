import { invalidRequest, type Wordings } from './refusal-wording.ts';

/**
 * The ways in which a call itself is malformed (RFC 6749 §3, CIBA §13). `isUnknown` means that the provider does not
 * know the name, which the caller made up. The answer quotes such a name, but the log does not.
 */
export type ShapeRefusal =
  | { reason: 'unsupported_media_type'; expected: string }
  | { reason: 'body_too_large'; limitBytes: number }
  | { reason: 'malformed_body'; expected: string }
  | { reason: 'repeated_parameter'; name: string }
  | { reason: 'missing_parameter'; name: string }
  | { reason: 'invalid_parameter'; name: string; expected: string; isUnknown?: boolean };

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const shapeWording: Wordings<ShapeRefusal> = {
  unsupported_media_type: (refusal) => invalidRequest(`The Content-Type must be ${refusal.expected}.`),
  body_too_large: (refusal) => invalidRequest(`The body must have at most ${refusal.limitBytes} bytes.`),
  malformed_body: (refusal) => invalidRequest(`The body must be ${refusal.expected}.`),
  repeated_parameter: (refusal) => invalidRequest(`The parameter ${refusal.name} must be sent once.`),
  missing_parameter: (refusal) => invalidRequest(`The parameter ${refusal.name} is required.`, refusal.name),
  invalid_parameter: ({ name, expected, isUnknown }) =>
    invalidRequest(`${name} must be ${expected}.`, isUnknown ? undefined : name),
};
