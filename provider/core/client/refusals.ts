import { invalidClient, invalidRequest, type Wordings, wording } from '../refusal-wording.ts';

/**
 * The reasons why a client is not authenticated (RFC 6749 §2.3, OIDC Core §9), or not registered or changed as asked
 * (RFC 7591 §3.2.2).
 */
export type ClientRefusal =
  | { reason: 'no_client_authentication' }
  | { reason: 'several_client_authentications' }
  | { reason: 'malformed_authorization_header' }
  | { reason: 'unknown_client' }
  | { reason: 'wrong_client_secret' }
  | { reason: 'client_secret_expired' }
  | { reason: 'wrong_authentication_method'; registered: string }
  | { reason: 'malformed_client_assertion' }
  | { reason: 'client_assertion_signature' }
  | { reason: 'client_keys_unavailable'; because: string }
  | { reason: 'client_assertion_claim'; claim: string; expected: string }
  | { reason: 'client_assertion_replayed' }
  | { reason: 'credential_taken_back' }
  | { reason: 'invalid_client_metadata'; member: string; expected: string; isUnknown?: boolean }
  | { reason: 'two_secrets_work'; until: number };

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const clientWording: Wordings<ClientRefusal> = {
  no_client_authentication: () => invalidClient('The client must authenticate with its registered method.'),
  several_client_authentications: () =>
    invalidRequest('The client must authenticate with one method and one client_id.'),
  malformed_authorization_header: () => invalidClient(),
  unknown_client: () => invalidClient(),
  wrong_client_secret: () => invalidClient(),
  // The same words: whoever has an old secret need not learn that it was one.
  client_secret_expired: () => invalidClient(),
  wrong_authentication_method: () => invalidClient(),
  malformed_client_assertion: () => invalidClient(),
  client_assertion_signature: () => invalidClient(),
  // The same words: the log says why the keys at the jwks_uri could not be fetched.
  client_keys_unavailable: ({ because }) => invalidClient(undefined, because),
  client_assertion_claim: (refusal) =>
    invalidClient(`The claim ${refusal.claim} of client_assertion must be ${refusal.expected}.`, refusal.claim),
  client_assertion_replayed: () =>
    invalidClient('The jti of client_assertion was used before; each call needs a new one.'),
  credential_taken_back: () => invalidClient(),
  invalid_client_metadata: ({ member, expected, isUnknown }) =>
    wording(400, 'invalid_client_metadata', `${member} must be ${expected}.`, {
      detail: isUnknown ? undefined : member,
    }),
  two_secrets_work: ({ until }) =>
    wording(
      409,
      'conflict',
      `The old secret works until ${until} (epoch seconds). If nobody knows the new one, replace it with keep_old_secret true. Otherwise end the old one first (old_secret_expires_in 0), or make the new secret without old_secret_expires_in, which ends both.`,
    ),
};
