// The client's backend, which discovers, asks and waits (CIBA §7 and §10). It does not touch the page.

import { sha256, toBase64Url } from '../jwt.js';
import { Notifications } from './notifications.js';
import { notifiedEnd } from './notified-end.js';
import { endOf, refusal, retryAfterSeconds } from './token-answer.js';

/** @typedef {{ client_id: string, client_secret: string, client_name: string }} Client */
/** @typedef {{ access_token: string, id_token: string, token_type: string, expires_in: number, scope: string }} Tokens */
/** @typedef {{ loginHint: string, scope: string, bindingMessage: string, audience?: string | undefined,
 *   requestedExpirySeconds?: string } & import('./delivery.js').Registration} Asked */

/** @typedef {{ auth_req_id: string, expires_in: number, interval?: number, number?: string }} Begun CIBA §7.3 */
/** @typedef {{ authentication: string, resend: string, withdrawal: string, number: string, token: string, keys: string }} Endpoints paths that the discovery names */
/**
 * The life of a request. `resend` has the phone rung again (docs/resend.md). `withdraw` takes it back
 * (docs/withdrawal.md); whether that worked. `number` is what the client
 * shows, and `enter` sends what the user read on the phone (docs/number-matching.md).
 * @typedef {{ requestId: string, expiresAt: number, expiresInSeconds: number, withdraw: () => Promise<boolean>,
 *   resend: () => Promise<import('../flow/wire.js').Answer>,
 *   number: string | undefined, enter: (number: string) => Promise<import('../flow/wire.js').Answer> }} Life
 */
/** @typedef {{ error: string, description: string, retryAfterSeconds: number | undefined }} Refusal */

/**
 * The state of a login. Instants are epoch milliseconds. `pushedFor` is the auth_req_id, if the tokens were pushed.
 * @typedef {{ state: 'asking' }
 *   | { state: 'pending', delivery: 'poll', slowedDown: boolean, intervalSeconds: number, nextPollAt: number } & Life
 *   | { state: 'pending', delivery: 'ping' | 'push' } & Life
 *   | { state: 'stopped' } & Life
 *   | { state: 'approved', tokens: Tokens, keysPath: string, pushedFor?: string }
 *   | { state: 'denied' } | { state: 'expired' }
 *   | { state: 'refused' } & Refusal} Progress
 */

const GRANT_TYPE = 'urn:openid:params:grant-type:ciba';
/** CIBA §11: every `slow_down` lengthens the interval by at least this, for good. */
const SLOW_DOWN_SECONDS = 5;

/**
 * Runs one login from discovery to its end.
 * @param {import('../flow/wire.js').Wire} wire
 * @param {Client} client
 * @param {Asked} asked
 * @param {import('./poll-timer.js').PollTimer} timer
 * @returns {AsyncGenerator<Progress, void, void>}
 */
export async function* login(wire, client, asked, timer) {
  yield { state: 'asking' };
  const metadata = await wire.ask({ from: 'client', path: '/.well-known/openid-configuration' });
  if (metadata.status !== 200) return yield refusal(metadata);
  const endpoints = endpointsIn(metadata);
  const { delivery } = asked;
  const notifications = delivery === 'poll' ? undefined : new Notifications(wire, timer);
  await notifications?.open();
  const answer = await post(wire, client, endpoints.authentication, {
    scope: asked.scope,
    login_hint: asked.loginHint,
    ...(asked.bindingMessage && { binding_message: asked.bindingMessage }),
    ...(asked.audience && { audience: asked.audience }),
    ...(asked.requestedExpirySeconds && { requested_expiry: asked.requestedExpirySeconds }),
    ...(notifications && { client_notification_token: notifications.token }),
  });
  if (answer.status !== 200) {
    notifications?.close();
    return yield refusal(answer);
  }
  const begun = /** @type {Begun} */ (answer.json);
  const life = await lifeOf(begun, (path, form) => post(wire, client, endpoints[path], form));
  const authReqId = begun.auth_req_id;
  const poll = () => post(wire, client, endpoints.token, { grant_type: GRANT_TYPE, auth_req_id: authReqId });
  const ending =
    delivery !== 'poll' && notifications
      ? notifiedEnd(life, { delivery, authReqId, notifications, timer, fetchTokens: poll })
      : pollUntilEnd(poll, life, { intervalSeconds: begun.interval ?? 5, timer });
  for await (const progress of ending) {
    yield progress.state === 'approved' ? { ...progress, keysPath: endpoints.keys } : progress;
  }
  notifications?.close();
}

/**
 * @param {Begun} begun
 * @param {(path: 'number' | 'resend' | 'withdrawal', form: Record<string, string>) => Promise<import('../flow/wire.js').Answer>} send
 * @returns {Promise<Life>}
 */
async function lifeOf({ auth_req_id, expires_in, number }, send) {
  return {
    requestId: await requestIdOf(auth_req_id),
    expiresAt: Date.now() + expires_in * 1000,
    expiresInSeconds: expires_in,
    number,
    enter: (typed) => send('number', { auth_req_id, number: typed }),
    resend: () => send('resend', { auth_req_id }),
    withdraw: async () => (await send('withdrawal', { auth_req_id })).status === 200,
  };
}

/**
 * Polls at once, and then after each interval.
 * @param {() => Promise<import('../flow/wire.js').Answer>} poll
 * @param {Life} life
 * @param {{ intervalSeconds: number, timer: import('./poll-timer.js').PollTimer }} pace
 * @returns {AsyncGenerator<Progress, void, void>}
 */
async function* pollUntilEnd(poll, life, { intervalSeconds, timer }) {
  let slowedDown = false;
  let nextPollAt = Date.now();
  while (!timer.isOver) {
    if (timer.isHeld) {
      await timer.wait(Number.POSITIVE_INFINITY);
      continue;
    }
    if (timer.isPaused) {
      yield { state: 'stopped', ...life };
      await timer.wait(Number.POSITIVE_INFINITY);
      slowedDown = false;
      continue;
    }
    // Whoever stopped polling and polls again may have waited long enough already.
    nextPollAt = Math.max(nextPollAt, Date.now());
    yield { state: 'pending', delivery: 'poll', ...life, slowedDown, intervalSeconds, nextPollAt };
    await timer.wait(nextPollAt - Date.now());
    if (timer.isOver || timer.isHeld || timer.isPaused) continue;
    const answer = await poll();
    const end = endOf(answer);
    if (end) return yield end;
    slowedDown = answer.json?.['error'] === 'slow_down';
    if (slowedDown) intervalSeconds += SLOW_DOWN_SECONDS;
    // A poll that was to be too early, and was not, is followed by one that is.
    timer.isTooEarly &&= answer.status === 400 && !slowedDown;
    nextPollAt = Date.now() + (timer.isTooEarly ? 0 : untilNextPoll(answer, intervalSeconds, life.expiresAt));
  }
}

/**
 * Returns the wait until the next poll: the interval or what Retry-After says, but at most until one second after the
 * expiry.
 * @param {import('../flow/wire.js').Answer} answer
 * @param {number} intervalSeconds
 * @param {number} expiresAt
 */
function untilNextPoll(answer, intervalSeconds, expiresAt) {
  const wait = (intervalSeconds + (answer.status === 503 ? (retryAfterSeconds(answer) ?? 0) : 0)) * 1000;
  const untilExpiry = expiresAt + 1000 - Date.now();
  return untilExpiry > 0 ? Math.min(wait, untilExpiry) : wait;
}

/**
 * Returns the name under which a phone sees a request. The page needs it to know which login a phone answers.
 * @param {string} authReqId
 */
async function requestIdOf(authReqId) {
  return toBase64Url(await sha256(new TextEncoder().encode(authReqId)));
}

/**
 * Takes the paths of the endpoints from the metadata of the provider.
 * @param {import('../flow/wire.js').Answer} metadata
 * @returns {Endpoints}
 */
function endpointsIn({ json }) {
  const path = (/** @type {string} */ member) => new URL(String(json?.[member])).pathname;
  return {
    authentication: path('backchannel_authentication_endpoint'),
    resend: path('backchannel_authentication_resend_endpoint'),
    withdrawal: path('backchannel_authentication_withdrawal_endpoint'),
    number: path('backchannel_authentication_number_endpoint'),
    token: path('token_endpoint'),
    keys: path('jwks_uri'),
  };
}

/**
 * Posts a form with client_secret_basic. Id and secret are form-encoded before base64 (RFC 6749 §2.3.1).
 * @param {import('../flow/wire.js').Wire} wire
 * @param {Client} client
 * @param {string} path
 * @param {Record<string, string>} form
 */
function post(wire, client, path, form) {
  const encode = (/** @type {string} */ text) => new URLSearchParams({ v: text }).toString().slice(2);
  return wire.ask({
    from: 'client',
    method: 'POST',
    path,
    headers: {
      authorization: `Basic ${btoa(`${encode(client.client_id)}:${encode(client.client_secret)}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  });
}
