import type { Requirement } from './requirement.ts';

const REGISTRATION_TEST = 'test/core/client/registration.test.ts';
const ENDPOINT = 'provider/core/notifying/notification-endpoint.ts';

/** What a client registers (CIBA §4). */
export const REGISTRATION_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-4.R1',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'A client has one delivery mode, and no request chooses another.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/backchannel-request.ts',
          text: "if (deliveryMode === 'poll') return ok(undefined);",
          broken: "if (deliveryMode === 'poll' && !form.has('client_notification_token')) return ok(undefined);",
        },
        test: {
          file: 'test/core/asking/backchannel-request.test.ts',
          titles: [
            'client_notification_token (CIBA §7.1)',
            'is ignored of a client that polls, like any parameter that is unknown',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.R1-default',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'A registration names its delivery mode, which has no default.',
    status: 'differs',
    because: 'Only operators register clients. Where they name no mode it is poll, and the answer says so.',
  },
  {
    id: 'CIBA-4.R2',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'A client in poll or ping mode is registered for the grant of CIBA.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/client.ts',
          text: 'const mayAsk = mayUseGrant(client, CIBA_GRANT) && ',
          broken: 'const mayAsk = ',
        },
        test: {
          file: 'test/flows/asking/refused-requests.test.ts',
          titles: [
            'nothing is read of a user, counted or stored (CIBA §7.2)',
            'for a client without the grant (CIBA §4)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.R3',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'A client that is notified registers a `backchannel_client_notification_endpoint`, an https URL.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/registration.ts',
          text: 'if (isNotified === isThere) return ok(true);',
          broken: 'if (isNotified || isNotified === isThere) return ok(true);',
        },
        test: { file: REGISTRATION_TEST, titles: ['token delivery (CIBA §4)', 'is not ping without an endpoint'] },
      },
      {
        breaks: { file: ENDPOINT, text: '/^https:\\/\\/', broken: '/^https?:\\/\\/' },
        test: {
          file: 'test/core/notifying/notification-endpoint.test.ts',
          titles: ['client notification endpoint (CIBA §4)', 'can not have plain http'],
        },
      },
      {
        breaks: {
          file: 'provider/core/client/metadata.ts',
          text: 'fits: isCallableUrl,',
          broken: 'fits: () => true,',
        },
        test: {
          file: REGISTRATION_TEST,
          titles: ['token delivery (CIBA §4)', 'is not ping without an endpoint that is https'],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.R4',
    section: 'CIBA §4',
    level: 'MAY',
    says: '`backchannel_authentication_request_signing_alg` is the algorithm with which a client signs its requests; absent, it signs none.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/signed-request.ts',
          text: "if (requestAlgorithm === undefined) return refuse({ reason: 'signed_request_not_registered' });",
          broken: '',
        },
        test: {
          file: 'test/core/asking/signed-request.test.ts',
          titles: [
            'the form of a signed request (CIBA §7.1.1)',
            'is of a client that is registered for an algorithm: others will not sign (CIBA §4)',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/flows/asking/request/read-signed-request.ts',
          text: 'ports.profile.requestAlgorithms.filter((one) => one === client.requestAlgorithm)',
          broken: "['ES256', 'PS256'] as const",
        },
        test: {
          file: 'test/flows/asking/signed-requests.test.ts',
          titles: [
            'nothing is stored, and nobody is looked up (CIBA §7.1.1)',
            'for another algorithm than the registered one',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.R5',
    section: 'CIBA §4',
    level: 'MAY',
    says: '`backchannel_user_code_parameter` says that the client may send user codes.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/backchannel-request.ts',
          text: "const sent = sendsUserCodes ? single(form, 'user_code') : undefined;",
          broken: "const sent = single(form, 'user_code');",
        },
        test: {
          file: 'test/core/asking/backchannel-request.test.ts',
          titles: ['user_code (CIBA §7.1)', 'is ignored for other clients, whatever it is'],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/backchannel-request.ts',
          text: "const sent = sendsUserCodes ? single(form, 'user_code') : undefined;",
          broken: 'const sent = undefined;',
        },
        test: {
          file: 'test/core/asking/backchannel-request.test.ts',
          titles: ['user_code (CIBA §7.1)', 'is read of a client that is registered for it, in normal form'],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.R6',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'A client authenticates at both endpoints by the method that it registered; a secret may come the other way, unless the client is strict.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/client/authenticate-client.ts',
          text: 'if (!mayAuthenticateBy(client, method) || ',
          broken: 'if (',
        },
        test: {
          file: 'test/flows/client/client-secrets.test.ts',
          titles: [
            'a client with a secret is not authenticated',
            'in the other way than it registered, with its right secret, if it is strict (CIBA §4)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.R6-public',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'A public client, which cannot authenticate, cannot use CIBA.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/client/authenticate-client.ts',
          text: "return method ? ok(method) : refuse({ reason: 'no_client_authentication' });",
          broken:
            "return method ? ok(method) : ok({ ...clientSecretPost, read: () => ok({ clientId: call.form.get('client_id')?.[0] ?? '', prove: async () => ok({ credential: { method: 'client_secret_post', secretHash: '' } }) }) });",
        },
        test: {
          file: 'test/flows/client/authenticate-client.test.ts',
          titles: ['a client is not authenticated (CIBA §4)', 'by its client_id alone, as a public client would be'],
        },
      },
    ],
  },
  {
    id: 'CIBA-4.pairwise',
    section: 'CIBA §4',
    level: 'MUST',
    says: 'Pairwise subjects are those of a sector, which the client proves to belong to.',
    status: 'not offered',
    because: 'Subjects are public: `subject_types_supported` has no other type.',
  },
];
