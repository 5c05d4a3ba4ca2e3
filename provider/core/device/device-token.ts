import type { SigningAlgorithm } from '../client/client.ts';
import { CLOCK_LEEWAY_SECONDS } from '../clock-leeway.ts';
import { equalInConstantTime } from '../digest.ts';
import { isDisplayable } from '../display-text.ts';
import { type IssuerNames, namesIssuer } from '../issuer.ts';
import { ok, type Result, refuse } from '../result.ts';
import { PLATFORMS, type Platform } from './device.ts';

/** Longest life of anything a phone signs, in seconds. */
export const DEVICE_TOKEN_LIFETIME_SECONDS = 120;
/** The three kinds of JWT a phone signs, by their `typ`, so that one can never be used as another (RFC 8725 §3.11). */
export const DEVICE_TOKEN_TYPES = {
  enrolment: 'ciba-enrolment+jwt',
  assertion: 'ciba-device+jwt',
  response: 'ciba-response+jwt',
} as const;
/** How a phone may say it verified its user (RFC 8176). `hwk` is missing: without attestation nobody can know. */
export const ACCEPTED_AMR = ['pin', 'fpt', 'face', 'iris', 'retina', 'vbm', 'pwd', 'user', 'mfa', 'swk'];
const DEVICE_NAME_LIMIT = 64;
const PUSH_TOKEN_LIMIT = 2048;
const JTI_LIMIT = 256;

type Claims = Readonly<Record<string, unknown>>;
/** The user's decision with what the phone says about it. */
export type DeviceResponse = {
  readonly decision: 'approve' | 'deny';
  readonly reason?: string | undefined;
  readonly amr: readonly string[];
};
/** What a phone says of itself when it enrols. */
export type EnrolmentClaims = {
  readonly ticket: string;
  readonly name: string;
  readonly platform: Platform;
  readonly pushToken: string;
};
/** The part that all three kinds share, once checked. */
export type DeviceTokenLife = { readonly jti: string; readonly expiresAt: number };

const wrong = (claim: string, expected: string) => refuse({ reason: 'device_token_claim', claim, expected });

/** `aud`, `iat`, `exp`, `jti` of anything a phone signs. `exp` lies at most 120 s after `iat`; clocks may differ by 60 s. */
export function checkDeviceTokenLife(claims: Claims, names: IssuerNames, now: number): Result<DeviceTokenLife> {
  const { aud, iat, exp, jti } = claims;
  if (typeof aud !== 'string' || !namesIssuer(aud, names)) return wrong('aud', 'the issuer as a single string');
  if (typeof iat !== 'number' || iat > now + CLOCK_LEEWAY_SECONDS)
    return wrong('iat', 'an instant that is not in the future');
  if (typeof exp !== 'number' || exp <= now - CLOCK_LEEWAY_SECONDS)
    return wrong('exp', 'an instant that has not passed');
  if (exp - iat > DEVICE_TOKEN_LIFETIME_SECONDS || exp <= iat) return wrong('exp', 'at most 120 seconds after iat');
  if (typeof jti !== 'string' || jti.length < 1 || jti.length > JTI_LIMIT) return wrong('jti', '1 to 256 characters');
  return ok({ jti, expiresAt: Math.ceil(exp) + CLOCK_LEEWAY_SECONDS });
}

/** The binding of a device assertion to one HTTP call (RFC 9449 §4.3 has the same claims). `htu` is compared without query. */
export function checkDeviceAssertion(claims: Claims, call: { method: string; urls: readonly string[] }): Result<true> {
  if (claims['htm'] !== call.method) return wrong('htm', 'the HTTP method of this call');
  const htu = claims['htu'];
  if (typeof htu !== 'string' || !call.urls.includes(htu.split('?', 1)[0] ?? ''))
    return wrong('htu', 'the URL of this call');
  return ok(true);
}

/** What a phone must have signed to answer a request: this request, this decision, the hash of what it showed. */
export function checkDeviceResponse(
  claims: Claims,
  expected: { requestId: string; detailsHash: string },
): Result<DeviceResponse> {
  const { request_id, decision, reason, details_hash, amr = [] } = claims;
  if (request_id !== expected.requestId) return wrong('request_id', 'the id of this request');
  if (decision !== 'approve' && decision !== 'deny') return wrong('decision', 'approve or deny');
  if (typeof details_hash !== 'string' || !equalInConstantTime(details_hash, expected.detailsHash)) {
    return refuse({ reason: 'details_hash_mismatch' });
  }
  if (reason !== undefined && (typeof reason !== 'string' || !/^[a-z_]{1,32}$/.test(reason))) {
    return wrong('reason', '1 to 32 lower-case letters or underscores');
  }
  if (!Array.isArray(amr) || amr.length > 4 || !amr.every((method) => ACCEPTED_AMR.includes(method))) {
    return wrong('amr', `up to four of ${ACCEPTED_AMR.join(', ')}`);
  }
  return ok({ decision, reason, amr: [...new Set<string>(amr)] });
}

/** What a phone says of itself at enrolment. */
export function checkEnrolmentClaims(claims: Claims): Result<EnrolmentClaims> {
  const { ticket } = claims;
  if (typeof ticket !== 'string' || ticket.length < 1 || ticket.length > 128)
    return wrong('ticket', 'the ticket of the enrolment URI');
  const name = checkDeviceName(claims['name']);
  if (!name.ok) return name;
  const platform = PLATFORMS.find((known) => known === claims['platform']);
  if (!platform) return wrong('platform', PLATFORMS.join(', '));
  const pushToken = checkPushToken(claims['push_token']);
  return pushToken.ok ? ok({ ticket, name: name.value, platform, pushToken: pushToken.value }) : pushToken;
}

/** A device's name is shown to its user: readable characters only. */
export function checkDeviceName(name: unknown): Result<string> {
  return typeof name === 'string' && isDisplayable(name, DEVICE_NAME_LIMIT)
    ? ok(name)
    : wrong('name', '1 to 64 readable characters');
}

/** The push token that the phone got from Apple or Google. */
export function checkPushToken(token: unknown): Result<string> {
  return typeof token === 'string' && token.length <= PUSH_TOKEN_LIMIT && /^[\x21-\x7E]+$/.test(token)
    ? ok(token)
    : wrong('push_token', '1 to 2048 printable ASCII characters');
}

/** Whether a header's algorithm is the one pinned to the key. */
export function isPinnedAlgorithm(header: Claims, pinned: SigningAlgorithm): boolean {
  return header['alg'] === pinned;
}
