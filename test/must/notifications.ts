import type { Proof, Requirement } from './requirement.ts';

const SENDER = 'provider/adapters/https/https-notification.ts';
const SENDER_TEST = 'test/adapters/https/https-notification.test.ts';
const GUARD = 'provider/adapters/https/guarded-request.ts';
const GUARD_TEST = 'test/adapters/https/guarded-request.test.ts';
const FLOW = 'provider/flows/notifying/notify-client.ts';
const FLOW_TEST = 'test/flows/notifying/notify-client.test.ts';
const DECISION = 'provider/core/notifying/notification-decision.ts';

const TRUSTED = 'an endpoint that is trusted';
const NOTIFIED = 'a client is notified (CIBA §10.2)';
const PINGED: Proof['test'] = {
  file: SENDER_TEST,
  titles: [TRUSTED, 'gets the token, the id and the correlation id (CIBA §10.2)'],
};
/** Refuses the polls of a client in ping mode, which this test notices. */
const pollsInPingMode = (title: string): Proof => ({
  breaks: {
    file: 'provider/core/client/client.ts',
    text: "if (grantType === CIBA_GRANT && client.deliveryMode === 'push')",
    broken: "if (grantType === CIBA_GRANT && client.deliveryMode !== 'poll')",
  },
  test: {
    file: 'test/flows/token/ciba.test.ts',
    titles: ['a client in ping mode polls like any other (CIBA §10)', title],
  },
});
const clientsPart = 'It binds the client.';

/** The client notification endpoint (CIBA §9), the delivery modes (CIBA §10), and pings (CIBA §10.2). */
export const NOTIFICATION_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-9.https',
    section: 'CIBA §9',
    level: 'MUST',
    says: 'The notification endpoint is called over https alone.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: GUARD,
          text: "if (call.url.protocol !== 'https:') return { failure: 'not_https' };",
          broken: "if (call.url.protocol !== 'https:') call.url.protocol = 'https:';",
        },
        test: { file: GUARD_TEST, titles: ['a call goes to public addresses only', 'never without TLS (CIBA §9)'] },
      },
    ],
  },
  {
    id: 'CIBA-9.bearer',
    section: 'CIBA §9, §10.2',
    level: 'MUST',
    says: 'The provider authenticates itself by the `client_notification_token` as bearer token, and by nothing else.',
    status: 'held',
    proofs: [
      {
        breaks: { file: SENDER, text: 'authorization: `Bearer ', broken: 'authorization: `Basic ' },
        test: PINGED,
      },
    ],
  },
  {
    id: 'CIBA-9.bearer-check',
    section: 'CIBA §9, §10.2',
    level: 'MUST',
    says: 'The client answers 401 to a call with a wrong bearer token or none.',
    status: 'not ours',
    because: clientsPart,
  },
  {
    id: 'CIBA-10.modes',
    section: 'CIBA §10',
    level: 'MUST',
    says: 'The outcome is delivered by the mode that the client is registered for, and by no other.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: "return deliveryMode === 'push' || isSealed(request);",
          broken: "return deliveryMode !== 'poll' || isSealed(request);",
        },
        test: {
          file: 'test/flows/notifying/push-to-client.test.ts',
          titles: [
            'a client in push mode (CIBA §10.3.1)',
            'that polls by now is not pushed, and one that is pinged by now is pinged',
          ],
        },
      },
      {
        breaks: {
          file: FLOW,
          text: 'return client.notificationEndpoint !== undefined;',
          broken: 'return client !== undefined;',
        },
        test: {
          file: FLOW_TEST,
          titles: [
            'an announcement is only an intent: nobody is called',
            'of a client that polls by now: the address is forgotten (CIBA §10)',
          ],
        },
      },
    ],
  },
  {
    id: 'CIBA-10.ping-polls',
    section: 'CIBA §10',
    level: 'MUST',
    says: 'A client in ping mode may poll before it is pinged, or without a ping, and is treated like one in poll mode.',
    status: 'held',
    proofs: [
      pollsInPingMode('before it is pinged: at once, and then no faster than the interval'),
      pollsInPingMode('and gets the tokens without any ping'),
    ],
  },
  {
    id: 'CIBA-10.2.outcome',
    section: 'CIBA §10.2',
    level: 'MUST',
    says: 'A client in ping mode is pinged after the success and after the failure of the authentication.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: DECISION,
          text: "    case 'approved':\n",
          broken: "    case 'approved':\n      return drop('request_failed');\n",
        },
        test: {
          file: FLOW_TEST,
          titles: [
            NOTIFIED,
            'of an announced decision that the request itself shows; it is taken in hand before, and recorded after',
          ],
        },
      },
      {
        breaks: {
          file: DECISION,
          text: "    case 'denied':\n",
          broken:
            "      return notify(request, announced.now);\n    case 'denied':\n      return drop('request_failed');\n",
        },
        test: { file: FLOW_TEST, titles: [NOTIFIED, 'after a denial too'] },
      },
    ],
  },
  {
    id: 'CIBA-10.2.body',
    section: 'CIBA §10.2',
    level: 'MUST',
    says: 'A ping is a POST of JSON with the `auth_req_id`, of the type `application/json`.',
    status: 'held',
    proofs: [
      { breaks: { file: SENDER, text: "method: 'POST',", broken: "method: 'GET'," }, test: PINGED },
      {
        breaks: {
          file: SENDER,
          text: 'JSON.stringify({ auth_req_id: authReqId })',
          broken: 'JSON.stringify({ request_id: authReqId })',
        },
        test: PINGED,
      },
      {
        breaks: {
          file: SENDER,
          text: "'content-type': 'application/json',",
          broken: "'content-type': 'application/x-www-form-urlencoded',",
        },
        test: PINGED,
      },
    ],
  },
  {
    id: 'CIBA-10.2.204',
    section: 'CIBA §10.2',
    level: 'SHOULD',
    says: 'The client answers 204.',
    status: 'not ours',
    because: clientsPart,
  },
  {
    id: 'CIBA-10.2.200',
    section: 'CIBA §10.2',
    level: 'SHOULD',
    says: 'The provider takes 200 for success too, and ignores the body of the answer.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: "const detail = status >= 200 && status < 300 ? 'accepted' : 'refused';",
          broken: "const detail = status === 204 ? 'accepted' : 'refused';",
        },
        test: { file: FLOW_TEST, titles: [NOTIFIED, 'and the answer 200 ends it: accepted'] },
      },
      {
        breaks: { file: SENDER, text: 'bodyLimitBytes: 0,', broken: 'bodyLimitBytes: 1000,' },
        test: {
          file: SENDER_TEST,
          titles: [TRUSTED, 'whose answer never ends has answered: no byte of its body is read (CIBA §10.2)'],
        },
      },
    ],
  },
  {
    id: 'CIBA-10.2.client-redirect',
    section: 'CIBA §10.2',
    level: 'MUST',
    says: 'The client does not answer 3xx.',
    status: 'not ours',
    because: clientsPart,
  },
  {
    id: 'CIBA-10.2.no-redirect',
    section: 'CIBA §10.2, §10.3',
    level: 'MUST',
    says: 'The provider follows no redirect of a notification endpoint.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: GUARD,
          text: "      .on('response', (answer) => {\n",
          broken:
            "      .on('response', (answer) => {\n        const to = answer.headers.location;\n        if (to) return void guardedRequest({ ...call, url: new URL(to, call.url) }).then(resolve);\n",
        },
        test: {
          file: GUARD_TEST,
          titles: [
            'a call to a server that is trusted',
            'that answers 302 does not follow the redirect (CIBA §10.2, §10.3)',
          ],
        },
      },
    ],
  },
];
