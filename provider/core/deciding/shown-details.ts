import type { Asked } from '../asking/asked.ts';
import type { DescribedScope } from '../asking/scope.ts';
import { sha256 } from '../digest.ts';
import type { SnakeCase } from '../snake-case.ts';
import type { Whole } from '../whole.ts';

/** Everything that the person is shown about a request: all that is asked of them, and whose request it is. */
export type RequestDetails = Omit<Asked, 'scopes'> & {
  readonly issuer: string;
  readonly clientName: string;
  readonly sub: string;
  readonly requestId: string;
  readonly expiresAt: number;
  readonly bindingMessage?: string | undefined;
  readonly scopes: readonly DescribedScope[];
};

/** The document that the phone renders: every detail under its wire name. */
export type DetailsDocument<Details = RequestDetails> = {
  readonly [Detail in keyof Details as SnakeCase<Detail & string>]: Details[Detail];
};

/** The frozen document and its hash: what you see is what you sign. */
export type FrozenDetails = { readonly bytes: Uint8Array; readonly hash: string };

/**
 * Freezes what will be shown into the bytes of one JSON document. From here on only these bytes travel: the phone
 * renders from them, hashes them itself and signs the hash with its decision; nobody serialises the details again.
 */
export function freezeDetails(details: RequestDetails): FrozenDetails {
  // A detail that is not shown does not compile: the user would sign without having seen it.
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
  };
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  return { bytes, hash: hashDetails(bytes) };
}

/** base64url(SHA-256(bytes)): what a phone must sign. */
export function hashDetails(bytes: Uint8Array): string {
  return sha256(bytes);
}
