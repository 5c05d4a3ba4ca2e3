import type { Asked } from '../asking/asked.ts';
import type { DescribedScope } from '../asking/scope.ts';
import { sha256 } from '../digest.ts';
import type { SnakeCase } from '../snake-case.ts';
import type { Whole } from '../whole.ts';
import type { AcrRule } from './acr-rule.ts';

/** Everything that the user is shown about a request: what is asked of them, and which client asks. */
export type RequestDetails = Omit<Asked, 'scopes'> & {
  readonly issuer: string;
  readonly clientName: string;
  readonly sub: string;
  readonly requestId: string;
  readonly expiresAt: number;
  readonly bindingMessage?: string | undefined;
  readonly scopes: readonly DescribedScope[];
};

/**
 * One way to verify the user that suffices for an approval: the methods of which `amr` must have one, and whether the
 * verification key must sign.
 */
export type ShownClass = {
  readonly acr: string;
  readonly amr: readonly string[];
  readonly verification_key: boolean;
};

/** The document that the phone renders: every detail under its wire name. */
export type DetailsDocument<Details = RequestDetails> = {
  readonly [Detail in keyof Details as SnakeCase<Detail & string>]: Detail extends 'acrValues'
    ? readonly ShownClass[] | undefined
    : Details[Detail];
};

/** The frozen document and its hash. The user signs exactly the bytes that they see. */
export type FrozenDetails = { readonly bytes: Uint8Array; readonly hash: string };

/**
 * Freezes the details into the bytes of one JSON document. From then on only these bytes are stored and sent. The phone
 * renders them, hashes them itself and signs the hash with its decision. The details are never serialised again.
 */
export function freezeDetails(details: Whole<RequestDetails>): FrozenDetails {
  // A detail that is missing here does not compile: the user would sign without having seen it.
  const document: Whole<DetailsDocument> = {
    issuer: details.issuer,
    client_id: details.clientId,
    client_name: details.clientName,
    sub: details.sub,
    request_id: details.requestId,
    expires_at: details.expiresAt,
    binding_message: details.bindingMessage,
    scopes: details.scopes,
    audience: details.audience,
    acr_values: details.acrValues?.map(showClass),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return { bytes, hash: hashDetails(bytes) };
}

/** Returns a rule as the phone, and the person who asks for their records, read it. */
export function showClass({ acr, anyOf, needsVerificationKey = false }: AcrRule): ShownClass {
  return { acr, amr: anyOf, verification_key: needsVerificationKey };
}

/** Reads the rules from a document. Members of another type are such that no approval reaches the class. */
export function readShownClasses(value: unknown): readonly AcrRule[] {
  return (Array.isArray(value) ? value : []).map((entry) => {
    const { acr, amr, verification_key }: Readonly<Record<string, unknown>> = { ...Object(entry) };
    const anyOf = Array.isArray(amr) ? amr.map(String) : [];
    return { acr: String(acr), anyOf, needsVerificationKey: verification_key !== false };
  });
}

/** Returns base64url(SHA-256(bytes)), the hash that a phone must sign. */
export function hashDetails(bytes: Uint8Array): string {
  return sha256(bytes);
}
