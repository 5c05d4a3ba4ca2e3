// The client's backend, which asks and then polls (CIBA poll mode, §7 and §10). It does not touch the page.

/** @typedef {{ client_id: string, client_secret: string }} Client */
/**
 * The answer of GET /local/demo: the first client and user, and all clients.
 * @typedef {Client & { issuer: string, login_hint: string, clients?: (Client & { client_name: string })[] }} Demo
 */
/** @typedef {{ access_token: string, id_token: string, token_type: string, expires_in: number, scope: string }} Tokens */
/** @typedef {{ loginHint: string, scope: string, bindingMessage: string, audience?: string | undefined,
 *   requestedExpirySeconds?: string }} Asked */

/** @typedef {{ auth_req_id: string, expires_in: number, interval?: number }} Begun CIBA §7.3 */

/**
 * The state of a login. Instants are epoch milliseconds.
 * @typedef {{ state: 'asking' }
 *   | { state: 'pending', polls: number, slowedDown: boolean, intervalSeconds: number, nextPollAt: number,
 *       expiresAt: number, expiresInSeconds: number }
 *   | { state: 'approved', tokens: Tokens }
 *   | { state: 'denied' } | { state: 'expired' }
 *   | { state: 'failed', error: string, description: string, retryAfterSeconds: number | undefined }} Progress
 */

const GRANT_TYPE = 'urn:openid:params:grant-type:ciba';
/** CIBA §11: every `slow_down` lengthens the interval by at least this, for good. */
const SLOW_DOWN_SECONDS = 5;

/** Waits between polls. `hurry` ends the current wait at once, `stop` ends the login. */
export class PollTimer extends EventTarget {
  stopped = false;

  hurry() {
    this.dispatchEvent(new Event('hurry'));
  }

  stop() {
    this.stopped = true;
    this.hurry();
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.removeEventListener('hurry', done);
        resolve(undefined);
      };
      const timer = setTimeout(done, milliseconds);
      this.addEventListener('hurry', done);
    });
  }
}

/**
 * Runs one login from the authentication request to its end.
 * @param {import('../wire/wire.js').Wire} wire
 * @param {Client} client
 * @param {Asked} asked
 * @param {PollTimer} pollTimer
 * @returns {AsyncGenerator<Progress, void, void>}
 */
export async function* login(wire, client, asked, pollTimer) {
  yield { state: 'asking' };
  const answer = await post(wire, client, '/bc-authorize', {
    scope: asked.scope,
    login_hint: asked.loginHint,
    ...(asked.bindingMessage && { binding_message: asked.bindingMessage }),
    ...(asked.audience && { audience: asked.audience }),
    ...(asked.requestedExpirySeconds && { requested_expiry: asked.requestedExpirySeconds }),
  });
  if (answer.status !== 200) {
    yield failure(answer);
    return;
  }
  const { auth_req_id: authReqId, expires_in: expiresInSeconds, interval = 5 } = /** @type {Begun} */ (answer.json);
  yield* poll(wire, client, { authReqId, expiresInSeconds, intervalSeconds: interval }, pollTimer);
}

/**
 * @param {import('../wire/wire.js').Wire} wire
 * @param {Client} client
 * @param {{ authReqId: string, expiresInSeconds: number, intervalSeconds: number }} started
 * @param {PollTimer} pollTimer
 * @returns {AsyncGenerator<Progress, void, void>}
 */
async function* poll(wire, client, { authReqId, expiresInSeconds, intervalSeconds: first }, pollTimer) {
  const expiresAt = Date.now() + expiresInSeconds * 1000;
  let intervalSeconds = first;
  let slowedDown = false;
  let extraWait = 0;
  for (let polls = 0; !pollTimer.stopped; polls += 1) {
    const waitMilliseconds = untilNextPoll(intervalSeconds, expiresAt) + extraWait;
    const nextPollAt = Date.now() + waitMilliseconds;
    yield { state: 'pending', polls, slowedDown, intervalSeconds, nextPollAt, expiresAt, expiresInSeconds };
    await pollTimer.wait(waitMilliseconds);
    if (pollTimer.stopped) return;
    const answer = await post(wire, client, '/token', { grant_type: GRANT_TYPE, auth_req_id: authReqId });
    const end = endOf(answer);
    if (end) {
      yield end;
      return;
    }
    slowedDown = answer.json?.error === 'slow_down';
    if (slowedDown) intervalSeconds += SLOW_DOWN_SECONDS;
    extraWait = answer.status === 503 ? (retryAfterSeconds(answer) ?? 0) * 1000 : 0;
  }
}

/**
 * Returns the wait until the next poll: the interval, but at most until one second after the expiry.
 * @param {number} intervalSeconds
 * @param {number} expiresAt
 */
function untilNextPoll(intervalSeconds, expiresAt) {
  const untilExpiry = expiresAt + 1000 - Date.now();
  return untilExpiry > 0 ? Math.min(intervalSeconds * 1000, untilExpiry) : intervalSeconds * 1000;
}

/**
 * Returns the end of a login, or undefined if polling goes on (CIBA §11). A lost answer or a 503 does not end it.
 * @param {import('../wire/wire.js').Answer} answer
 * @returns {Progress | undefined}
 */
function endOf(answer) {
  if (answer.status === 200) return { state: 'approved', tokens: /** @type {Tokens} */ (answer.json) };
  if (answer.status === 0 || answer.status === 503) return undefined;
  switch (answer.json?.error) {
    case 'authorization_pending':
    case 'slow_down':
      return undefined;
    case 'access_denied':
      return { state: 'denied' };
    case 'expired_token':
      return { state: 'expired' };
    default:
      return failure(answer);
  }
}

/**
 * @param {import('../wire/wire.js').Answer} answer
 * @returns {Progress}
 */
function failure(answer) {
  const { error = answer.status === 0 ? 'no_answer' : `http_${answer.status}`, error_description = '' } =
    /** @type {{ error?: string, error_description?: string }} */ (answer.json ?? {});
  return { state: 'failed', error, description: error_description, retryAfterSeconds: retryAfterSeconds(answer) };
}

/** @param {import('../wire/wire.js').Answer} answer */
function retryAfterSeconds(answer) {
  const seconds = Number(answer.headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/**
 * Posts a form with client_secret_basic. Id and secret are form-encoded before base64 (RFC 6749 §2.3.1).
 * @param {import('../wire/wire.js').Wire} wire
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
