// Calls the device API as a phone app does (docs/device-api.md). It does not touch the screen.

import { fromBase64Url, parseJsonBytes, randomText, sha256, signJwt, toBase64Url } from '../jwt.js';
import { newKeyPair, newPushToken, publicJwk, thumbprint } from './keys.js';

/** @typedef {import('./keys.js').Enrolment} Enrolment */
/** @typedef {import('../flow/wire.js').Wire} Wire */

/**
 * The details of a request, which the provider has frozen. The phone shows nothing else.
 * @typedef {object} Details
 * @property {string} issuer
 * @property {string} client_id
 * @property {string} client_name
 * @property {string} sub
 * @property {string} request_id
 * @property {number} expires_at epoch seconds
 * @property {string} [binding_message]
 * @property {{ scope: string, description: string }[]} scopes
 * @property {string[]} audience
 * @property {Way[]} [acr_values]
 */

/** One way to verify the user that suffices. @typedef {{ acr: string, amr: string[], verification_key: boolean }} Way */

/** @typedef {{ device_id: string, sub: string, issuer: string, verification_key?: true }} Enrolled */
/** @typedef {{ request_id: string, expires_at: number }} Waiting */
/** @typedef {'no-answer' | 'unknown-device' | 'unknown-request' | 'expired' | 'withdrawn' | 'wrong-numbers' | 'decided' | 'unverified' | 'fault'} Problem */
/** @typedef {'approve' | 'deny' | 'report'} Decision `report` is a denial with the reason `fraud` */

/** The lifetime of each JWT: two minutes, the longest that the provider accepts. */
const LIFETIME_SECONDS = 120;

/**
 * Enrols two new keys with a ticket: one for every call, and one that verifies the user.
 * @param {Wire} wire
 * @param {{ ticketUri: string, name: string }} options
 * @returns {Promise<{ enrolment: Enrolment } | { refused: string }>}
 */
export async function enrol(wire, { ticketUri, name }) {
  const uri = new URL(ticketUri);
  const issuer = uri.searchParams.get('issuer') ?? '';
  const ticket = uri.searchParams.get('ticket');
  const { privateKey, publicKey } = await newKeyPair();
  const jwk = await publicJwk(publicKey);
  const second = await newKeyPair();
  const pushToken = newPushToken();
  const jwt = await signJwt(
    privateKey,
    { typ: 'ciba-enrolment+jwt', jwk },
    {
      aud: issuer,
      ticket,
      name,
      platform: 'GCM',
      push_token: pushToken,
      verification_key: await signJwt(
        second.privateKey,
        { typ: 'ciba-verification-key+jwt', jwk: await publicJwk(second.publicKey) },
        { aud: issuer, ticket, jkt: await thumbprint(jwk), ...validity() },
      ),
      ...validity(),
    },
  );
  const { status, json } = await wire.ask({
    from: 'phone',
    method: 'POST',
    path: '/devices',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ enrolment: jwt }),
  });
  if (status !== 200 && status !== 201)
    return { refused: String(json?.['error_description'] ?? `the provider answered ${status}`) };
  const enrolled = /** @type {Enrolled} */ (json);
  if (enrolled.issuer !== issuer) return { refused: 'the issuer in the answer is not that of the ticket' };
  const verificationKey = enrolled.verification_key && second.privateKey;
  const enrolment = { issuer, deviceId: enrolled.device_id, sub: enrolled.sub, pushToken, privateKey };
  return { enrolment: { ...enrolment, ...(verificationKey && { verificationKey }) } };
}

/**
 * Lists the user's requests that wait for an answer.
 * @param {Wire} wire
 * @param {Enrolment} enrolment
 * @returns {Promise<{ waiting: Waiting[] } | { problem: Problem }>}
 */
export async function listWaiting(wire, enrolment) {
  const { status, json } = await askAsDevice(wire, enrolment, 'GET', '/device/requests');
  if (status !== 200) return { problem: problemOf(status) };
  return { waiting: /** @type {{ requests: Waiting[] }} */ (json).requests };
}

/**
 * Fetches the frozen bytes of a request and parses them.
 * @param {Wire} wire
 * @param {Enrolment} enrolment
 * @param {string} requestId
 * @returns {Promise<{ bytes: Uint8Array<ArrayBuffer>, details: Details, numbers: unknown } | { problem: Problem }
 *   | { refused: string }>} `numbers`: who has to enter a number, if anybody
 */
export async function fetchDetails(wire, enrolment, requestId) {
  const path = `/device/requests/${encodeURIComponent(requestId)}`;
  const { status, json } = await askAsDevice(wire, enrolment, 'GET', path);
  if (status !== 200) return { problem: problemOf(status, json) };
  try {
    const bytes = fromBase64Url(String(json?.['details']));
    const details = /** @type {Details} */ (parseJsonBytes(bytes));
    if (details.issuer !== enrolment.issuer) return { refused: 'The details name another issuer.' };
    if (details.sub !== enrolment.sub) return { refused: 'The details are meant for another user.' };
    if (details.request_id !== requestId) return { refused: 'The details belong to another request.' };
    return { bytes, details, numbers: json?.['number_matching'] };
  } catch {
    return { refused: 'The details cannot be read.' };
  }
}

/**
 * Returns the first way to verify the user that this phone has the key for. A real phone verifies them by it; this one
 * has only a tap, and takes it for the first method.
 * @param {Details} details
 * @param {Enrolment} enrolment
 */
function wayToVerify(details, { verificationKey }) {
  return details.acr_values?.find((way) => verificationKey || !way.verification_key);
}

/** The claims of each decision. `user` in `amr` means a tap. */
const DECISIONS = {
  approve: { decision: 'approve' },
  deny: { decision: 'deny' },
  report: { decision: 'deny', reason: 'fraud' },
};

/**
 * Signs the decision over exactly the bytes that were shown, and sends it.
 * @param {Wire} wire
 * @param {Enrolment} enrolment
 * @param {{ details: Details, decision: Decision, bytes: Uint8Array<ArrayBuffer>, number?: string | undefined }} answer
 * @returns {Promise<{ hash: string, number: unknown } | { problem: Problem } | { attemptsLeft: number }>} `number`: what
 *   the phone shows after the approval, if it has to
 */
export async function respond(wire, enrolment, { details, decision, bytes, number }) {
  const requestId = details.request_id;
  const hash = toBase64Url(await sha256(bytes));
  const { deviceId: iss, sub, issuer: aud, privateKey, verificationKey = privateKey } = enrolment;
  const isApproved = decision === 'approve';
  const verified = isApproved && { amr: [...(wayToVerify(details, enrolment)?.amr.slice(0, 1) ?? []), 'user'] };
  const typed = isApproved && number !== undefined && { number };
  const decided = { ...DECISIONS[decision], ...verified, ...typed, details_hash: hash };
  const claims = { iss, sub, aud, request_id: requestId, ...decided, ...validity() };
  const jwt = await signJwt(isApproved ? verificationKey : privateKey, { typ: 'ciba-response+jwt' }, claims);
  const { status, json } = await wire.ask({
    from: 'phone',
    method: 'POST',
    path: `/device/requests/${encodeURIComponent(requestId)}/response`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response: jwt }),
  });
  const left = json?.['attempts_left'];
  if (left === 0) return { problem: 'wrong-numbers' };
  if (typeof left === 'number') return { attemptsLeft: left };
  return status >= 200 && status < 300 ? { hash, number: json?.['number'] } : { problem: problemOf(status, json) };
}

/**
 * @param {Wire} wire
 * @param {Enrolment} enrolment
 */
export async function removeDevice(wire, enrolment) {
  await askAsDevice(wire, enrolment, 'DELETE', `/devices/${encodeURIComponent(enrolment.deviceId)}`);
}

/**
 * Makes a call with a device assertion, which is valid for this method and this address only.
 * @param {Wire} wire
 * @param {Enrolment} enrolment
 * @param {string} method
 * @param {string} path
 */
async function askAsDevice(wire, { deviceId: iss, sub, issuer: aud, privateKey }, method, path) {
  const htu = aud.replace(/\/$/, '') + path;
  const assertion = await signJwt(
    privateKey,
    { typ: 'ciba-device+jwt' },
    { iss, sub, aud, htm: method, htu, ...validity() },
  );
  return wire.ask({ from: 'phone', method, path, headers: { authorization: `Device ${assertion}` } });
}

/** Makes the claims of a JWT that is issued now, lives shortly and works once. */
function validity() {
  const iat = Math.floor(Date.now() / 1000);
  return { iat, exp: iat + LIFETIME_SECONDS, jti: randomText(16) };
}

/**
 * @param {number} status
 * @param {import('../flow/wire.js').Json | undefined} [answer]
 * @returns {Problem}
 */
function problemOf(status, answer) {
  switch (status) {
    case 0:
      return 'no-answer';
    case 401:
      return 'unknown-device';
    case 403:
      return 'unverified';
    case 404:
      return 'unknown-request';
    case 409:
      return 'decided';
    case 410:
      return answer?.['error'] === 'withdrawn' ? 'withdrawn' : 'expired';
    default:
      return 'fault';
  }
}
