import type { Requirement } from './requirement.ts';

const NOTIFY = 'provider/flows/notifying/notify-client.ts';
const NOTIFY_TEST = 'test/flows/notifying/notify-client.test.ts';
const PUSH_ANSWER = 'provider/core/notifying/push-answer.ts';
const PUSH_TEST = 'test/flows/notifying/push-to-client.test.ts';
const PUSH_ANSWERS = 'what the endpoint answers (CIBA §10.3)';
const CLIENT_TEST = 'test/flows/client/authenticate-client.test.ts';
const SIGNED_TEST = 'test/core/asking/signed-request.test.ts';
const KEY_TEST = 'test/adapters/key-cache.test.ts';

/** What CIBA leaves open or says twice, and what was chosen. `docs/security/standards.md` has the reasons. */
export const CHOICE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'choice.assertion-audience',
    section: 'CIBA §7.1, RFC 7523bis §4',
    level: 'OPEN',
    says: 'A client assertion names the issuer or one of the endpoints, unless a profile says that it names the issuer alone.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/client/profile.ts',
          text: "assertionAudience: 'issuer_or_endpoint',",
          broken: "assertionAudience: 'issuer',",
        },
        test: {
          file: CLIENT_TEST,
          titles: ['a stricter profile (CIBA §4)', 'takes the issuer alone as the audience of an assertion'],
        },
      },
      {
        breaks: {
          file: 'provider/flows/client/authentication/private-key-jwt.ts',
          text: "assertionAudience === 'issuer' ? [] : assertionEndpoints(issuer)",
          broken: 'assertionEndpoints(issuer)',
        },
        test: {
          file: CLIENT_TEST,
          titles: ['a stricter profile (CIBA §4)', 'takes the issuer alone as the audience of an assertion'],
        },
      },
    ],
  },
  {
    id: 'choice.unsigned-requests',
    section: 'FAPI-CIBA §5.2.2',
    level: 'OPEN',
    says: 'An unsigned request is refused where the profile or the client requires a signed one. No deployment has such a profile yet.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/signed-request.ts',
          text: "requiresSignedRequests || signedRequests === 'required'",
          broken: 'requiresSignedRequests',
        },
        test: {
          file: SIGNED_TEST,
          titles: [
            'the form of a signed request (CIBA §7.1.1)',
            'may be another, unless the client or the profile requires it (RFC 9101 §10.5)',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.too-fast',
    section: 'CIBA §11',
    level: 'OPEN',
    says: 'A poll that is too fast is `slow_down`, and `invalid_request` only after 100 of them for one request.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/interval.ts',
          text: 'MOST_SLOW_DOWNS = 100;',
          broken: 'MOST_SLOW_DOWNS = 99;',
        },
        test: {
          file: 'test/core/deciding/interval.test.ts',
          titles: [
            'slow_down (CIBA §11)',
            'is ignored by a client that got it 100 times, with 5 s in the settings and a life of 600 s',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.ping-answers',
    section: 'CIBA §10.2',
    level: 'OPEN',
    says: 'Any HTTP answer ends a ping, 401 and 500 too. Without an answer it is tried again, with growing pauses, while the approval can be redeemed.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: NOTIFY,
          text: "return 'status' in sent\n",
          broken: "return 'status' in sent && sent.status < 400\n",
        },
        test: {
          file: NOTIFY_TEST,
          titles: ['a client is notified (CIBA §10.2)', 'and the answer 401 ends it: refused'],
        },
      },
      {
        breaks: {
          file: NOTIFY,
          text: "return again(pause, 'endpoint_unreachable', about);",
          broken: "return done('notification_given_up', about);",
        },
        test: {
          file: NOTIFY_TEST,
          titles: [
            'an endpoint that gives no answer (CIBA §10.2)',
            'is tried again after 1, 2, 4 seconds, and free for another in between',
          ],
        },
      },
      {
        breaks: {
          file: 'provider/core/notifying/retries.ts',
          text: 'return left < 1 ? undefined : ',
          broken: 'return ',
        },
        test: {
          file: 'test/core/notifying/notification-decision.test.ts',
          titles: [
            'an endpoint that can not be reached (CIBA §10.2)',
            'is tried a last time six seconds before nothing can be redeemed any more, and then given up',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.push-answers',
    section: 'CIBA §10.3.1',
    level: 'OPEN',
    says: 'A 2xx, 3xx or 4xx but 429 ends a push. Otherwise the same bytes are tried again, with growing pauses, while half of the access token’s life is left.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: PUSH_ANSWER,
          text: 'if (status === 0 || status === 429 || status >= 500)',
          broken: 'if (status === 0 || status === 429 || status >= 400)',
        },
        test: { file: PUSH_TEST, titles: [PUSH_ANSWERS, '401 ends it'] },
      },
      {
        breaks: { file: PUSH_ANSWER, text: '2 ** Math.min(tries - 1, 10)', broken: '1' },
        test: {
          file: PUSH_TEST,
          titles: [
            PUSH_ANSWERS,
            '{ status: 503 } is tried again with growing pauses, and every try sends the same bytes',
          ],
        },
      },
      {
        breaks: { file: PUSH_ANSWER, text: 'return now > until + LATE_SECONDS;', broken: 'return until < 0;' },
        test: {
          file: PUSH_TEST,
          titles: [
            PUSH_ANSWERS,
            'a try that comes after half of the access token’s life sends nothing: a dead letter, and the tokens are deleted',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.ping-on-expiry',
    section: 'CIBA §10.2',
    level: 'OPEN',
    says: 'A client in ping mode is not pinged when nobody answered.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/notifying/notification-decision.ts',
          text: "        : drop('never_decided', announced.now >= expiresAt);",
          broken:
            "        : announced.now >= expiresAt ? notify(request, announced.now) : drop('never_decided', false);",
        },
        test: {
          file: 'test/core/notifying/notification-decision.test.ts',
          titles: [
            'whether a client is notified (CIBA §10.2)',
            'of a request that expires meanwhile too, because the write may be under way; then it is over',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.hint-after-rotation',
    section: 'CIBA §7.1, §14',
    level: 'OPEN',
    says: 'An `id_token_hint` stays good when the key that signed it is in the key set no more, for 90 days, and not if that key was revoked.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/keys/signing-key.ts',
          text: "return keys.find((key) => key.kid === kid && key.state !== 'revoked');",
          broken: "return keys.find((key) => key.kid === kid && key.state !== 'revoked' && key.state !== 'gone');",
        },
        test: {
          file: KEY_TEST,
          titles: [
            'the key that verifies a token of this provider (OIDC Core §10.1.1)',
            'is found while it is gone, by one read',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.unknown-user',
    section: 'CIBA §13, §14',
    level: 'OPEN',
    says: 'A client hears `unknown_user_id`, unless the deployment conceals users: then the request is accepted, rings nobody and expires.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/concealment.ts',
          text: 'return concealsUsers && isAboutPeople(refusal);',
          broken: 'return isAboutPeople(refusal);',
        },
        test: {
          file: 'test/flows/asking/refused-requests.test.ts',
          titles: [
            'a user who may not be asked (CIBA §7.2, §13)',
            'is unknown without an identifier, and nobody is read or counted',
          ],
        },
      },
    ],
  },
  {
    id: 'choice.request-audience',
    section: 'CIBA §7.1.1',
    level: 'OPEN',
    says: '`aud` of a signed request is the issuer, or a list that contains it.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/asking/request-object.ts',
          text: 'if (!containsIssuer(aud, issuer)) return',
          broken: 'if (Array.isArray(aud) || !containsIssuer(aud, issuer)) return',
        },
        test: {
          file: SIGNED_TEST,
          titles: ['the claims of a signed request (CIBA §7.1.1)', 'name as aud a list with the issuer'],
        },
      },
      {
        breaks: {
          file: 'provider/core/asking/request-object.ts',
          text: 'if (!containsIssuer(aud, issuer)) return',
          broken: 'if (!Array.isArray(aud) && !containsIssuer(aud, issuer)) return',
        },
        test: {
          file: SIGNED_TEST,
          titles: ['the claims of a signed request (CIBA §7.1.1)', 'do not name as aud a list without the issuer'],
        },
      },
    ],
  },
];
