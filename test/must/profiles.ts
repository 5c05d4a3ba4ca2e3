import type { Requirement } from './requirement.ts';

const noProfile = 'The profile `fapi-ciba` is not offered yet.';

/** FAPI-CIBA, as far as it concerns asking. */
const FAPI_CIBA: readonly Requirement[] = [
  {
    id: 'FAPI-CIBA-5.2.2.confidential',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'Only confidential clients are served.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/client.ts',
          text: "CLIENT_AUTHENTICATION_METHODS = ['private_key_jwt',",
          broken: "CLIENT_AUTHENTICATION_METHODS = ['none', 'private_key_jwt',",
        },
        test: {
          file: 'test/core/discovery/provider-metadata.test.ts',
          titles: ['discovery (OIDC Discovery §3, CIBA §4)', 'is this document, and no member more'],
        },
      },
    ],
  },
  {
    id: 'FAPI-CIBA-5.2.2.context',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'The context of a request is unique, or a binding message is required: with `needsMessageWhileOpen`, while another request is open.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/request/find-and-count.ts',
          text: 'needsMessage: meetsAnother && bindingMessage === undefined,',
          broken: 'needsMessage: false,',
        },
        test: {
          file: 'test/flows/asking/message-while-open.test.ts',
          titles: [
            'where a request needs a binding message while another one is open (CIBA §7.1, §13)',
            'the first one needs none; the second one does, rings nobody and uses up no limit',
          ],
        },
      },
    ],
  },
  {
    id: 'FAPI-CIBA-5.2.2.acr',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'The ID token has `acr` if it was asked for and is supported.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/asked.ts',
          text: 'acrValues: askedClasses(acrValues, acrPolicy)',
          broken: 'acrValues: undefined',
        },
        test: {
          file: 'test/core/asking/asked.test.ts',
          titles: [
            'what a client may ask the user to grant',
            'is one of the classes that it prefers, in its order, by the rules of the policy (CIBA §7.1)',
          ],
        },
      },
    ],
  },
  {
    id: 'FAPI-CIBA-5.2.2.signed',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'Signed requests are accepted, with `nbf` and `exp` at most 60 minutes apart; the conformance suite wants unsigned ones refused.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/request-object.ts',
          text: "if (exp - nbf > LONGEST_SECONDS) return wrong('exp', 'at most 60 minutes after nbf');",
          broken: '',
        },
        test: {
          file: 'test/core/asking/signed-request.test.ts',
          titles: [
            'the claims of a signed request (CIBA §7.1.1)',
            'have not an exp more than 60 minutes after nbf (FAPI-CIBA §5.2.2)',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/request-object.ts',
          text: "if (nbf < now - LONGEST_SECONDS) return wrong('nbf', 'at most 60 minutes ago');",
          broken: '',
        },
        test: {
          file: 'test/core/asking/signed-request.test.ts',
          titles: [
            'the claims of a signed request (CIBA §7.1.1)',
            'have not an nbf more than 60 minutes ago (FAPI-CIBA §5.2.2)',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/signed-request.ts',
          text: "requiresSignedRequests || signedRequests === 'required'",
          broken: "signedRequests === 'required'",
        },
        test: {
          file: 'test/core/asking/signed-request.test.ts',
          titles: [
            'the form of a signed request (CIBA §7.1.1)',
            'may be another, unless the client or the profile requires it (RFC 9101 §10.5)',
          ],
        },
      },
    ],
  },
  {
    id: 'FAPI-CIBA-5.2.2.no-push',
    section: 'FAPI-CIBA §5.2.2',
    level: 'MUST',
    says: 'Push mode is not supported.',
    status: 'not offered',
    because: noProfile,
  },
];

/** Other standards that a request may use, and what the digest of CIBA leaves open. */
const OTHERS: readonly Requirement[] = [
  {
    id: 'RFC9493.hints',
    section: 'RFC 9493 §3',
    level: 'SHOULD',
    says: 'A `login_hint` may be a subject identifier in JSON; `iss_sub` counts if `iss` is this provider.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/subject-identifier.ts',
          text: 'return namesIssuer(iss, names) ? readSubject(sub)',
          broken: 'return iss && names ? readSubject(sub)',
        },
        test: {
          file: 'test/flows/asking/refused-requests.test.ts',
          titles: ['nothing is read of a user, counted or stored (CIBA §7.2)', 'for a user of another issuer'],
        },
      },
    ],
  },
  {
    id: 'RFC9396.details',
    section: 'RFC 9396 §5',
    level: 'MUST',
    says: 'Authorization details that are not supported are refused with `invalid_authorization_details`.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/backchannel-request.ts',
          text: "  if (form.has('authorization_details')) return refuse({ reason: 'authorization_details_not_supported' });\n",
          broken: '',
        },
        test: {
          file: 'test/core/asking/backchannel-request.test.ts',
          titles: [
            'backchannel authentication request (CIBA §7.1)',
            'refuses authorization_details, which nobody would show (RFC 9396)',
          ],
        },
      },
    ],
  },
  {
    id: 'RFC7523bis.audience',
    section: 'RFC 7523bis §4',
    level: 'MUST',
    says: 'A client assertion names the issuer alone, where the profile says so.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/client/authentication/private-key-jwt.ts',
          text: "assertionAudience === 'issuer' ? [] : assertionEndpoints(issuer)",
          broken: 'assertionEndpoints(issuer)',
        },
        test: {
          file: 'test/flows/client/authenticate-client.test.ts',
          titles: ['a stricter profile (CIBA §4)', 'takes the issuer alone as the audience of an assertion'],
        },
      },
    ],
  },
  {
    id: 'CIBA-14.conceal',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'Where users are concealed, a request for an unknown user is accepted, rings nobody and expires.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/concealment.ts',
          text: 'return concealsUsers && isAboutPeople(refusal);',
          broken: "return concealsUsers && isAboutPeople(refusal) && refusal.reason !== 'unknown_user';",
        },
        test: {
          file: 'test/flows/asking/concealed-users.test.ts',
          titles: [
            'where users are concealed (CIBA §14)',
            'a request for somebody who is not asked is accepted, rings nobody, and stays pending',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-14.limits',
    section: 'CIBA §14',
    level: 'SHOULD',
    says: 'A user is not asked without limit by somebody who knows an identifier of theirs.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/askable.ts',
          text: 'if (userLimit?.allowed === false && isPerson)',
          broken: 'if (userLimit?.allowed === false && !isPerson)',
        },
        test: {
          file: 'test/flows/asking/request-authentication.test.ts',
          titles: [
            'a request is counted (CIBA §14)',
            'refuses a user over the limit: nothing is stored, nobody is rung',
          ],
        },
      },
    ],
  },
];

export const PROFILE_REQUIREMENTS = [...FAPI_CIBA, ...OTHERS];
