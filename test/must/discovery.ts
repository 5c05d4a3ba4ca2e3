import type { Requirement } from './requirement.ts';

const METADATA = 'provider/core/discovery/provider-metadata.ts';
const TEST = 'test/core/discovery/provider-metadata.test.ts';
const DISCOVERY = 'discovery (OIDC Discovery §3, CIBA §4)';

/** What a provider publishes about CIBA (CIBA §4). */
export const DISCOVERY_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-4.D1',
    section: 'CIBA §4',
    level: 'MUST',
    says: '`backchannel_token_delivery_modes_supported` lists the delivery modes that work, and no other.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: METADATA,
          text: 'backchannel_token_delivery_modes_supported: profile.deliveryModes',
          broken: "backchannel_token_delivery_modes_supported: ['poll', 'ping', 'push', 'pull']",
        },
        test: { file: TEST, titles: [DISCOVERY, 'is this document, and no member more'] },
      },
    ],
  },
  {
    id: 'CIBA-4.D2',
    section: 'CIBA §4',
    level: 'MUST',
    says: '`backchannel_authentication_endpoint` is the URL of that endpoint.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: METADATA,
          text: 'backchannel_authentication_endpoint: urlOf(issuer, PATHS.backchannelAuthentication)',
          broken: 'backchannel_authentication_endpoint: urlOf(issuer, PATHS.token)',
        },
        test: { file: TEST, titles: [DISCOVERY, 'names the issuer exactly, and every endpoint below it'] },
      },
    ],
  },
  {
    id: 'CIBA-4.D3',
    section: 'CIBA §4',
    level: 'MAY',
    says: '`backchannel_authentication_request_signing_alg_values_supported` lists the algorithms of signed requests; absent, there are none.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/discovery/provider-metadata.ts',
          text: "if (signedRequests === 'refused') return { request_parameter_supported: false };",
          broken: '',
        },
        test: {
          file: 'test/core/discovery/provider-metadata.test.ts',
          titles: [
            'discovery (OIDC Discovery §3, CIBA §4)',
            'says of signed requests what the profile does with them: refused (CIBA §4)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.D4',
    section: 'CIBA §4',
    level: 'MAY',
    says: '`backchannel_user_code_parameter_supported` says whether user codes work.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: METADATA,
          text: 'backchannel_user_code_parameter_supported: true',
          broken: 'backchannel_user_code_parameter_supported: false',
        },
        test: { file: TEST, titles: [DISCOVERY, 'is this document, and no member more'] },
      },
    ],
  },
  {
    id: 'CIBA-4.D5',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'Where poll or ping is offered, `grant_types_supported` has the grant of CIBA.',
    status: 'held',
    proofs: [
      {
        breaks: { file: METADATA, text: 'grant_types_supported: GRANT_TYPES', broken: 'grant_types_supported: []' },
        test: { file: TEST, titles: [DISCOVERY, 'is this document, and no member more'] },
      },
    ],
  },
  {
    id: 'CIBA-4.D6',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'Clients authenticate at the backchannel endpoint by the methods and algorithms that are published for the token endpoint.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: METADATA,
          text: 'token_endpoint_auth_methods_supported: profile.authenticationMethods',
          broken: "token_endpoint_auth_methods_supported: ['client_secret_basic']",
        },
        test: { file: TEST, titles: [DISCOVERY, 'advertises what the profile accepts, and no more'] },
      },
      {
        breaks: {
          file: METADATA,
          text: 'token_endpoint_auth_signing_alg_values_supported: profile.assertionAlgorithms',
          broken: 'token_endpoint_auth_signing_alg_values_supported: SIGNING_ALGORITHMS',
        },
        test: { file: TEST, titles: [DISCOVERY, 'advertises what the profile accepts, and no more'] },
      },
      {
        breaks: {
          file: 'provider/flows/client/authenticate-client.ts',
          text: ' || !profile.authenticationMethods.includes(method)',
          broken: '',
        },
        test: {
          file: 'test/flows/client/authenticate-client.test.ts',
          titles: ['a stricter profile (CIBA §4)', 'refuses a method that the client registered'],
        },
      },
    ],
  },
];
