import type { Requirement } from './requirement.ts';

const noProfile = 'The profile `fapi-ciba` is not offered yet.';
const AUDIENCE = 'provider/core/asking/audience.ts';
const AUDIENCE_TEST = 'test/core/asking/audience.test.ts';
const TARGET = 'audience of the access token (RFC 8707, RFC 9068 §3)';
const ASKING_TEST = 'test/flows/asking/request-authentication.test.ts';

/** What a financial deployment adds, as far as it concerns asking (FAPI-CIBA). */
const FAPI_CIBA: readonly Requirement[] = [
  {
    id: 'FAPI-CIBA-5.2.2.poll',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'Poll mode is supported.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/discovery/provider-metadata.ts',
          text: 'backchannel_token_delivery_modes_supported: profile.deliveryModes',
          broken: "backchannel_token_delivery_modes_supported: ['ping']",
        },
        test: {
          file: 'test/core/discovery/provider-metadata.test.ts',
          titles: ['discovery (OIDC Discovery §3, CIBA §4)', 'is this document, and no member more'],
        },
      },
    ],
  },
  {
    id: 'FAPI-CIBA-5.2.2.algorithms',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'Signatures are PS256 or ES256.',
    status: 'not offered',
    because: noProfile,
  },
  {
    id: 'FAPI-CIBA-5.2.2.bound-tokens',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'Access tokens are bound to a key of the client.',
    status: 'not offered',
    because: noProfile,
  },
  {
    id: 'FAPI-CIBA-5.2.2.intents',
    section: 'FAPI-CIBA §5.2.2',
    level: 'SHOULD',
    says: 'The id of an intent travels in `authorization_details`, not in a hint.',
    status: 'not offered',
    because: '`authorization_details` are not offered yet, and refused.',
  },
  {
    id: 'FAPI-CIBA-4.3.request_context',
    section: 'FAPI-CIBA §4.3',
    level: 'MAY',
    says: '`request_context` has data about the consumption device, against fraud.',
    status: 'not offered',
    because: 'The parameter is ignored.',
  },
  {
    id: 'FAPI-CIBA-5.2.3.headers',
    section: 'FAPI-CIBA §5.2.3',
    level: 'MUST',
    says: 'A client that does not control the consumption device sends no header about the customer.',
    status: 'not ours',
    because: 'It binds the client.',
  },
];

/** What other standards say about asking. */
const OTHERS: readonly Requirement[] = [
  {
    id: 'CIBA-7.1.B6-entropy',
    section: 'CIBA §7.1',
    level: 'MUST',
    says: 'A `client_notification_token` has at least 128 bits of entropy.',
    status: 'not ours',
    because: 'It binds the client. A provider cannot measure it.',
  },
  {
    id: 'CIBA-7.2.B3-keys',
    section: 'CIBA §7.2',
    level: 'SHOULD',
    says: 'Clients prefer methods of authentication with public keys.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/registration.ts',
          text: "const method = metadata.token_endpoint_auth_method ?? 'private_key_jwt';",
          broken: "const method = metadata.token_endpoint_auth_method ?? 'client_secret_basic';",
        },
        test: {
          file: 'test/core/client/registration.test.ts',
          titles: [
            'client registration (RFC 7591 §2, CIBA §4)',
            'fills in the defaults: keys instead of a secret, poll, the CIBA grant, openid, RS256',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-14.notification-endpoint',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'The provider makes sure that the notification endpoint is under the control of the client.',
    status: 'differs',
    because: 'Only operators register clients and their endpoints. Only public addresses are called.',
  },
  {
    id: 'CIBA-15.identifiers',
    section: 'CIBA §15',
    level: 'SHOULD',
    says: 'Clients do not share one static identifier of a user.',
    status: 'not offered',
    because: 'Subjects are public. An operator can choose a `sub` that says nothing.',
  },
  {
    id: 'RFC8707.target',
    section: 'RFC 8707 §2',
    level: 'MUST',
    says: 'A `resource` is an absolute URI without a fragment; one that is unknown or not allowed is `invalid_target`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: AUDIENCE,
          text: 'if (wanted.some((audience) => !policy.audiences.includes(audience)))',
          broken: 'if (wanted.every((audience) => !policy.audiences.includes(audience)))',
        },
        test: {
          file: AUDIENCE_TEST,
          titles: [TARGET, 'refuses one unknown resource beside a known one as not allowed'],
        },
      },
      {
        breaks: { file: AUDIENCE, text: "&& !resource.includes('#')", broken: '' },
        test: {
          file: AUDIENCE_TEST,
          titles: [
            TARGET,
            'refuses the resource "https://a.example/#part": not an absolute URI without fragment (RFC 8707 §2)',
          ],
        },
      },
    ],
  },
  {
    id: 'RFC10027.client-limit',
    section: 'RFC 10027',
    level: 'SHOULD',
    says: 'There is a limit of requests for each client as well as for each user.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/askable.ts',
          text: 'if (clientLimit?.allowed === false) {',
          broken: 'if (clientLimit?.allowed === undefined && clientLimit) {',
        },
        test: {
          file: ASKING_TEST,
          titles: [
            'a request is counted (CIBA §14)',
            'refuses a client over its own limit before its user is read or counted',
          ],
        },
      },
    ],
  },
  {
    id: 'RFC10027.who-asks',
    section: 'RFC 10027',
    level: 'SHOULD',
    says: 'The user sees who asks, and for what.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/request/store-and-push.ts',
          text: 'clientName: client.name,',
          broken: "clientName: '',",
        },
        test: {
          file: ASKING_TEST,
          titles: [
            'a client asks a user (CIBA §7)',
            'has what the phone will show frozen before the push: what was granted, not what was asked',
          ],
        },
      },
    ],
  },
  {
    id: 'CAMARA.assertion-lifetime',
    section: 'CAMARA CIBA profile',
    level: 'MUST',
    says: 'A client assertion lives at most 300 seconds.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/client-assertion.ts',
          text: 'exp - iat > expected.lifetimeSeconds',
          broken: 'exp - iat > 2 * expected.lifetimeSeconds',
        },
        test: {
          file: 'test/core/client/client-assertion.test.ts',
          titles: [
            'client assertion (RFC 7523 §3, CIBA §7.1)',
            'lives at most 5 minutes: 300 s after iat, and with the leeway 360 s ahead',
          ],
        },
      },
    ],
  },
  {
    id: 'CAMARA.login_hint.tel',
    section: 'CAMARA CIBA profile',
    level: 'MUST',
    says: 'A `login_hint` may be a phone number as `tel:+…`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/person/login-identifier.ts',
          text: ".replace(/^tel:/i, '')",
          broken: ".replace(/^phone:/i, '')",
        },
        test: {
          file: 'test/core/asking/login-hint.test.ts',
          titles: ['login_hint as plain text (CIBA §7.1)', 'reads "tel:+1-201-555-0123" as phone +12015550123'],
        },
      },
    ],
  },
  {
    id: 'CAMARA.login_hint.network',
    section: 'CAMARA CIBA profile',
    level: 'MAY',
    says: 'A `login_hint` may be `ipport:…` or `operatortoken:…`, which an operator of a network can resolve.',
    status: 'not offered',
    because: 'No directory of this provider knows addresses of a network.',
  },
  {
    id: 'CAMARA.ignored-parameters',
    section: 'CAMARA CIBA profile',
    level: 'SHOULD',
    says: '`binding_message`, `user_code` and `requested_expiry` are ignored.',
    status: 'differs',
    because: 'They are read, as CIBA Core has them. The profile of CAMARA is not offered.',
  },
];

export const OTHER_REQUIREMENTS = [...FAPI_CIBA, ...OTHERS];
