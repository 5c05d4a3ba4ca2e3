// Public vulnerabilities of features that this provider does not offer yet. docs/security/public-vulnerabilities.md
// shows the same rows.

/** How it shows that the provider offers a feature. */
export type Sign =
  /** The member of the discovery document has this value, or lists it. */
  | { readonly member: string; readonly value: string | boolean }
  /** The document has the member at all. */
  | { readonly member: string; readonly value?: undefined };

/** A vulnerability that cannot be tested before a feature is there. */
export type Waiting = {
  readonly id: string;
  readonly wentWrong: string;
  readonly feature: string;
  /** One of them is enough. */
  readonly shownBy: readonly Sign[];
};

/** What a provider says and does, as far as it shows which features it offers. */
export type Offered = {
  readonly discovery: Readonly<Record<string, unknown>>;
};

/** Whoever builds a feature deletes its rows here, and adds a test for each to the files of this folder. */
export const WAITING: readonly Waiting[] = [
  {
    id: 'CVE-2026-9793',
    wentWrong: 'an encrypted request object without a signature is believed, although the client must sign',
    feature: 'encrypted request objects',
    shownBy: [
      { member: 'request_object_encryption_alg_values_supported' },
      { member: 'request_object_encryption_enc_values_supported' },
    ],
  },
  {
    id: 'CVE-2026-97174',
    wentWrong: 'a claim inside `authorization_details` becomes a claim of the tokens',
    feature: '`authorization_details`',
    shownBy: [{ member: 'authorization_details_types_supported' }],
  },
  {
    id: 'CVE-2026-16103',
    wentWrong: 'an account that was locked after the redemption refreshes its tokens',
    feature: 'refresh tokens',
    shownBy: [{ member: 'grant_types_supported', value: 'refresh_token' }],
  },
  {
    id: 'CVE-2026-109082',
    wentWrong: 'a public client, accepted for other grants, uses CIBA too',
    feature: 'public clients',
    shownBy: [{ member: 'token_endpoint_auth_methods_supported', value: 'none' }],
  },
  {
    id: 'CVE-2026-109082',
    wentWrong: 'a client registers or updates itself as public, and keeps the CIBA grant',
    feature: 'dynamic registration',
    shownBy: [{ member: 'registration_endpoint' }],
  },
  {
    id: 'keycloak#50746',
    wentWrong: 'a client brings its own notification endpoint, and the check of trusted hosts skips it',
    feature: 'clients that register themselves or are described by a document',
    shownBy: [{ member: 'registration_endpoint' }, { member: 'client_id_metadata_document_supported', value: true }],
  },
  {
    id: 'CVE-2026-97174',
    wentWrong: 'the `cnf` of the tokens is what a parameter says, not the key that the caller proved',
    feature: 'sender-constrained tokens (DPoP, mTLS)',
    shownBy: [
      { member: 'dpop_signing_alg_values_supported' },
      { member: 'tls_client_certificate_bound_access_tokens', value: true },
    ],
  },
];

/** Returns the rows whose feature the provider offers: their tests are due. */
export function dueIn(rows: readonly Waiting[], offered: Offered): readonly Waiting[] {
  return rows.filter(({ shownBy }) => shownBy.some((sign) => isShown(sign, offered)));
}

function isShown(sign: Sign, { discovery }: Offered): boolean {
  const found = discovery[sign.member];
  if (sign.value === undefined) return found !== undefined;
  return Array.isArray(found) ? found.includes(sign.value) : found === sign.value;
}

/** Returns the last column of a row in the document. */
export function describeSigns(signs: readonly Sign[]): string {
  const words = signs.map((sign) => {
    return sign.value === undefined ? `\`${sign.member}\`` : `\`${sign.member}\`: \`${sign.value}\``;
  });
  return words.join(', ');
}
