// The steps of a login, in the order of the standard: which exchange belongs to which, and where it is specified.

/** @typedef {import('./wire.js').Exchange} Exchange */
/** @typedef {'discover' | 'ask' | 'ring' | 'read' | 'poll' | 'answer' | 'notify' | 'redeem' | 'verify' | 'withdraw' | 'vanish' | 'number' | 'resend' | 'remind'} StepId */
/** @typedef {import('../client/delivery.js').Delivery} Delivery */
/** @typedef {{ label: string, address: string }} Section a section of a public specification */

/**
 * @typedef {object} Step
 * @property {StepId} id
 * @property {string} title
 * @property {string} call what goes over the wire
 * @property {'right' | 'left'} toward the direction of the arrow
 * @property {'client' | 'phone'} lane who speaks with the provider
 * @property {string} why
 * @property {Section[]} sections
 * @property {string[]} files of this repository
 */

const CIBA = 'https://openid.net/specs/openid-client-initiated-backchannel-authentication-core-1_0.html';
const CORE = 'https://openid.net/specs/openid-connect-core-1_0.html';
const DISCOVERY = 'https://openid.net/specs/openid-connect-discovery-1_0.html';

/** @param {string} number */
const ciba = (number) => ({ label: `CIBA §${number}`, address: `${CIBA}#rfc.section.${number}` });

/** Every step of a client that polls. @type {readonly Step[]} */
const STEPS = [
  {
    id: 'discover',
    title: 'Discover',
    call: 'GET …/openid-configuration',
    toward: 'right',
    lane: 'client',
    why: 'The client knows the issuer only. It learns the addresses of all endpoints from there, and keeps them for hours.',
    sections: [{ label: 'OpenID Connect Discovery §4', address: `${DISCOVERY}#ProviderConfig` }, ciba('4')],
    files: ['lambdas/provider-metadata/handler.ts'],
  },
  {
    id: 'ask',
    title: 'Ask for a user',
    call: 'POST /bc-authorize',
    toward: 'right',
    lane: 'client',
    why: 'The client names a user, what it wants and what the phone shall show. It gets an auth_req_id, and no redirect.',
    sections: [ciba('7.1'), ciba('7.3'), ciba('13')],
    files: ['lambdas/backchannel-authentication/handler.ts', 'examples/call-centre.ts'],
  },
  {
    id: 'ring',
    title: 'Ring the phone',
    call: 'push through SNS',
    toward: 'right',
    lane: 'phone',
    why: 'The push says that something waits, and nothing else. Apple, Google and the lock screen see no name and no amount.',
    sections: [ciba('8')],
    files: ['docs/device-api.md'],
  },
  {
    id: 'read',
    title: 'Read what is asked',
    call: 'GET …/requests/{id}',
    toward: 'left',
    lane: 'phone',
    why: 'The phone fetches the frozen bytes and shows only what is in them. Its own key authenticates it.',
    sections: [ciba('8')],
    files: ['lambdas/device/handler.ts', 'docs/device-api.md'],
  },
  {
    id: 'poll',
    title: 'Poll: not yet',
    call: 'POST /token',
    toward: 'right',
    lane: 'client',
    why: 'The client asks every few seconds. The first poll may come at once; one that comes too early lengthens the interval.',
    sections: [ciba('10.1'), ciba('11')],
    files: ['lambdas/token/handler.ts'],
  },
  {
    id: 'answer',
    title: 'Answer, signed',
    call: 'POST …/{id}/response',
    toward: 'left',
    lane: 'phone',
    why: 'The phone signs the decision together with the hash of what it showed. The first valid answer wins.',
    sections: [ciba('8')],
    files: ['lambdas/device/handler.ts', 'docs/evidence.md'],
  },
  {
    id: 'redeem',
    title: 'Poll: the result',
    call: 'POST /token',
    toward: 'right',
    lane: 'client',
    why: 'The next poll brings the end: tokens, given out once, or the reason why there are none.',
    sections: [ciba('10.1.1'), ciba('11')],
    files: ['lambdas/token/handler.ts'],
  },
  {
    id: 'verify',
    title: 'Verify',
    call: 'GET …/jwks.json',
    toward: 'right',
    lane: 'client',
    why: 'The client fetches the public keys and checks the signature and the claims before it believes anything.',
    sections: [{ label: 'OpenID Connect Core §3.1.3.7', address: `${CORE}#IDTokenValidation` }],
    files: ['lambdas/provider-metadata/handler.ts', 'examples/kiosk.ts'],
  },
];

/** @type {Step} */
const PING = {
  id: 'notify',
  title: 'Ping the client',
  call: 'POST to its endpoint',
  toward: 'left',
  lane: 'client',
  why: 'The provider says that there is an answer. The bearer token is the one that the client sent with its question.',
  sections: [ciba('10.2')],
  files: ['lambdas/client-notification/handler.ts', 'examples/ping-client.ts'],
};
/** @type {Step} */
const PUSH = {
  id: 'notify',
  title: 'Push the tokens',
  call: 'POST to its endpoint',
  toward: 'left',
  lane: 'client',
  why: 'The provider sends the tokens themselves, until the client answers. Each try has the same bytes.',
  sections: [ciba('10.3'), ciba('12')],
  files: ['lambdas/client-notification/handler.ts', 'examples/push-client.ts', 'docs/push-mode.md'],
};
/** @type {Partial<Step>} */
const FETCH = {
  title: 'Fetch the result',
  why: 'The call after the ping brings the end: tokens, given out once, or the reason why there are none.',
};

/**
 * Returns the steps of a login by how the client hears of the answer.
 * @param {Delivery} delivery
 * @returns {readonly Step[]}
 */
export function stepsOf(delivery) {
  if (delivery === 'poll') return STEPS;
  return STEPS.flatMap((step) => {
    if (step.id === 'poll') return [];
    if (step.id === 'redeem') return delivery === 'ping' ? [PING, { ...step, ...FETCH }] : [PUSH];
    return [step];
  });
}

/** The steps of the pushes to the phone. @type {Record<string, StepId>} */
const PUSHES = {
  authentication_request: 'ring',
  request_withdrawn: 'vanish',
  authentication_request_reminder: 'remind',
};

/**
 * Finds the step of a login to which an exchange belongs. Undefined for the set-up of a phone and for local helpers.
 * @param {Exchange} exchange
 * @param {string | undefined} error the OAuth error code of the answer
 * @returns {StepId | undefined}
 */
export function stepOf({ method, path, status, from }, error) {
  if (method === 'PUSH') return PUSHES[path];
  if (path === '/bc-authorize/resend') return 'resend';
  if (path === '/bc-authorize/withdraw') return 'withdraw';
  if (path === '/bc-authorize/number') return 'number';
  if (path === '/.well-known/openid-configuration') return 'discover';
  if (path === '/.well-known/jwks.json') return 'verify';
  if (path === '/bc-authorize') return 'ask';
  if (path === '/token') return isUndecided(status, error) ? 'poll' : 'redeem';
  if (from === 'provider') return 'notify';
  if (from !== 'phone') return undefined;
  if (/^\/device\/requests\/[^/]+$/.test(path)) return 'read';
  return /^\/device\/requests\/[^/]+\/response$/.test(path) ? 'answer' : undefined;
}

/**
 * Whether the client polls on after this answer.
 * @param {number | undefined} status
 * @param {string | undefined} error
 */
function isUndecided(status, error) {
  return !status || status === 429 || status >= 500 || error === 'authorization_pending' || error === 'slow_down';
}

/**
 * Returns the request to which an exchange belongs, as base64url(SHA-256(auth_req_id)), if the exchange names it.
 * @param {Exchange} exchange
 */
export function requestIdIn({ method, path, responseBody }) {
  if (method === 'PUSH') return /"request_id":"([\w-]+)"/.exec(responseBody)?.[1];
  return /^\/device\/requests\/([^/]+)/.exec(path)?.[1];
}
