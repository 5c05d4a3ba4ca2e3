import type { NamedTest } from './requirement.ts';

// What the certification tests of FAPI-CIBA look at, beyond the sentences of the standards. The profile `fapi-ciba` is
// not offered yet, so much of it is open. Nothing here was certified, and the tests of the OpenID Foundation did not run.

/** One thing that the certification tests check, in our words. `MUST`: they fail without it; `SHOULD`: they warn. */
export type CertificationRow = {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD' | 'MAY';
  readonly says: string;
} & (
  | { readonly status: 'held'; readonly by: readonly [string, ...string[]] }
  | { readonly status: 'held'; readonly tests: readonly [NamedTest, ...NamedTest[]] }
  | { readonly status: 'not ours' | 'not offered' | 'differs'; readonly because: string }
);

const METADATA = 'test/core/discovery/provider-metadata.test.ts';
const DISCOVERY = 'discovery (OIDC Discovery §3, CIBA §4)';
const ID_TOKEN = 'test/core/token/id-token.test.ts';
const KEYS: NamedTest['file'] = 'test/core/keys/signing-key.test.ts';
const KEY_SET = 'the published key set (RFC 7517 §5)';
const NO_PROFILE = 'The profile `fapi-ciba` is not offered yet.';
const NO_MTLS = 'Clients do not authenticate by certificates yet (RFC 8705), and no token is bound to one.';

/** In the order in which a run of the certification tests meets them. */
export const CERTIFICATION: readonly CertificationRow[] = [
  {
    id: 'discovery.document',
    level: 'MUST',
    says: 'Discovery is 200 JSON and names the issuer exactly, and every endpoint below it.',
    status: 'held',
    tests: [
      { file: METADATA, titles: [DISCOVERY, 'is this document, and no member more'] },
      { file: METADATA, titles: [DISCOVERY, 'names the issuer exactly, and every endpoint below it'] },
    ],
  },
  {
    id: 'discovery.unknown-members',
    level: 'SHOULD',
    says: 'Discovery has no member that the standards do not define.',
    status: 'differs',
    because:
      'The endpoints that ring again, withdraw and enter a number are extensions of this provider, and clients find them in discovery.',
  },
  {
    id: 'discovery.grant-and-mode',
    level: 'MUST',
    says: 'Discovery lists the grant of CIBA and the delivery mode under test.',
    status: 'held',
    by: ['CIBA-4.D1', 'CIBA-4.D5'],
  },
  {
    id: 'discovery.bound-tokens',
    level: 'MUST',
    says: '`tls_client_certificate_bound_access_tokens` is true.',
    status: 'not offered',
    because: NO_MTLS,
  },
  {
    id: 'discovery.authentication',
    level: 'MUST',
    says: '`token_endpoint_auth_methods_supported` has `private_key_jwt` or `tls_client_auth`, with PS256 or ES256.',
    status: 'held',
    tests: [
      {
        file: METADATA,
        titles: [
          DISCOVERY,
          'advertises what works: poll, the CIBA grant, three authentication methods, three algorithms',
        ],
      },
    ],
  },
  {
    id: 'keys.ids',
    level: 'MUST',
    says: 'Each published key has a `kid`.',
    status: 'held',
    tests: [{ file: KEYS, titles: [KEY_SET, 'has next, active and retiring keys with kid, alg and use'] }],
  },
  {
    id: 'keys.public',
    level: 'MUST',
    says: 'No published key has a private member.',
    status: 'held',
    tests: [{ file: KEYS, titles: [KEY_SET, 'has public members only, whatever the stored key holds'] }],
  },
  {
    id: 'tls.versions',
    level: 'MUST',
    says: 'TLS 1.2 or 1.3, and TLS 1.2 with the four suites of FAPI alone.',
    status: 'not ours',
    because:
      'API Gateway or CloudFront ends TLS. Which suites a deployment accepts is the security policy of its domain name, and no test here has measured it.',
  },
  {
    id: 'client.assertion-audience',
    level: 'MUST',
    says: 'A client assertion may name the issuer, the token endpoint or the backchannel authentication endpoint.',
    status: 'held',
    by: ['CIBA-7.1.B4'],
  },
  {
    id: 'client.no-rs256',
    level: 'MUST',
    says: 'Assertions and signed requests under RS256 are refused.',
    status: 'not offered',
    because: `${NO_PROFILE} A client can be registered for PS256 or ES256, and others are then refused.`,
  },
  {
    id: 'client.mtls',
    level: 'MUST',
    says: 'Clients may authenticate by mutual TLS, also with certificates that they signed themselves.',
    status: 'not offered',
    because: NO_MTLS,
  },
  {
    id: 'client.invalid',
    level: 'MUST',
    says: 'A client that fails to authenticate is 401 `invalid_client`.',
    status: 'held',
    by: ['CIBA-13.invalid_client', 'CIBA-11.invalid_client'],
  },
  {
    id: 'request.signed',
    level: 'MUST',
    says: 'Signed requests are accepted, whatever the case of their `typ`; what is wrong with one is 400 `invalid_request`.',
    status: 'held',
    by: ['FAPI-CIBA-5.2.2.signed', 'CIBA-7.1.1.claims', 'CIBA-7.1.1.signature'],
  },
  {
    id: 'request.unsigned',
    level: 'MUST',
    says: 'Unsigned requests are refused.',
    status: 'not offered',
    because: `${NO_PROFILE} A client that is registered with \`require_signed_request_object\` is refused without one.`,
  },
  {
    id: 'request.one-hint',
    level: 'MUST',
    says: 'A request with several hints, or with none, is refused.',
    status: 'held',
    by: ['CIBA-7.1.B7'],
  },
  {
    id: 'request.notification-token',
    level: 'MUST',
    says: 'A notification token of 1024 characters is accepted, and comes back byte for byte.',
    status: 'held',
    by: ['CIBA-7.1.B6', 'CIBA-9.bearer'],
  },
  {
    id: 'request.expiry',
    level: 'MUST',
    says: '`requested_expiry` is honoured, as a number or as a string in a signed request.',
    status: 'held',
    by: ['CIBA-7.1.B11', 'CIBA-7.1.1.expiry'],
  },
  {
    id: 'request.bad-message',
    level: 'MUST',
    says: 'The long message of the tests, which begins with 1234 and an emoji, is `invalid_binding_message`.',
    status: 'held',
    tests: [
      {
        file: 'test/core/asking/binding-message.test.ts',
        titles: [
          'binding_message (CIBA §7.1)',
          'refuses the long hostile message that begins 1234 and an emoji (conformance suite)',
        ],
      },
    ],
  },
  {
    id: 'answer.id',
    level: 'MUST',
    says: '`auth_req_id` is made of the allowed characters, and has the entropy that the tests estimate.',
    status: 'held',
    by: ['CIBA-7.3.A2'],
  },
  {
    id: 'answer.error',
    level: 'MUST',
    says: 'A refusal of `/bc-authorize` has no member but `error`, `error_description` and `error_uri`, in the allowed characters.',
    status: 'held',
    by: ['CIBA-13.body'],
  },
  {
    id: 'token.order',
    level: 'MUST',
    says: 'A result comes before `slow_down`: a client that was pinged gets its tokens at once.',
    status: 'held',
    by: ['CIBA-11.order.terminal-first', 'CIBA-10.ping-polls'],
  },
  {
    id: 'token.errors',
    level: 'MUST',
    says: 'Pending, too fast, denied, expired, redeemed and foreign requests are told apart by the codes of CIBA, with status 400.',
    status: 'held',
    by: [
      'CIBA-11.authorization_pending',
      'CIBA-11.slow_down',
      'CIBA-11.access_denied',
      'CIBA-11.expired_token',
      'CIBA-11.invalid_grant',
    ],
  },
  {
    id: 'token.no-store',
    level: 'MUST',
    says: 'An answer with tokens has `Cache-Control: no-store`.',
    status: 'held',
    by: ['CIBA-7.3.A1'],
  },
  {
    id: 'id-token.claims',
    level: 'MUST',
    says: 'The ID token has the claims that the tests expect, and no `nonce`.',
    status: 'held',
    tests: [
      {
        file: ID_TOKEN,
        titles: [
          'ID token (OIDC Core §2)',
          'has exactly these claims: no nonce, and no claims of push mode (CIBA §10.3.1)',
        ],
      },
    ],
  },
  {
    id: 'id-token.algorithm',
    level: 'MUST',
    says: 'The ID token is signed with PS256 or ES256.',
    status: 'not offered',
    because: `${NO_PROFILE} A client can be registered for PS256 or ES256; the default is RS256.`,
  },
  {
    id: 'access-token.bound',
    level: 'MUST',
    says: 'The access token works only over the certificate of the client that got it.',
    status: 'not offered',
    because: NO_MTLS,
  },
  {
    id: 'resource',
    level: 'MUST',
    says: 'A protected resource answers with `x-fapi-interaction-id` and `Date`, and refuses tokens in the query.',
    status: 'not offered',
    because: 'The provider has no protected resource such as userinfo: its tokens are for the APIs of the deployer.',
  },
  {
    id: 'refresh',
    level: 'MAY',
    says: 'Refresh tokens work for the client that got them alone.',
    status: 'not offered',
    because: 'There are no refresh tokens: every request asks again.',
  },
  {
    id: 'ping.body',
    level: 'MUST',
    says: 'A ping is JSON with `auth_req_id` and nothing else, with the notification token as bearer token.',
    status: 'held',
    by: ['CIBA-10.2.body', 'CIBA-9.bearer'],
  },
  {
    id: 'ping.denied',
    level: 'MUST',
    says: 'A denial is pinged, too.',
    status: 'held',
    by: ['CIBA-10.2.outcome'],
  },
  {
    id: 'ping.once',
    level: 'MUST',
    says: 'Whatever the endpoint answers, it is not called again, and no redirect is followed.',
    status: 'held',
    by: ['choice.ping-answers', 'CIBA-10.2.no-redirect'],
  },
  {
    id: 'registration',
    level: 'MAY',
    says: 'Clients register themselves at `registration_endpoint` (RFC 7591).',
    status: 'not offered',
    because: 'Only operators register clients, by the admin API. A run with clients that exist needs no registration.',
  },
  {
    id: 'push',
    level: 'MUST',
    says: 'Push mode is not offered.',
    status: 'not offered',
    because: `${NO_PROFILE} The standard profile has push mode.`,
  },
];
