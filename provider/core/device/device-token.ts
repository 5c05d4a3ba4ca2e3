import { CLOCK_LEEWAY_SECONDS } from '../clock-leeway.ts';
import { isDisplayable } from '../display-text.ts';
import { type IssuerNames, namesIssuer } from '../issuer.ts';
import type { SigningAlgorithm } from '../keys/jwk.ts';
import { ok, type Result, refuse } from '../result.ts';
import { PLATFORMS, type Platform } from './device.ts';

/** Longest lifetime of anything a phone signs, in seconds. */
export const DEVICE_TOKEN_LIFETIME_SECONDS = 120;

/** The kinds of JWT that a phone signs, by their `typ`. None of them can be used as another (RFC 8725 §3.11). */
export const DEVICE_TOKEN_TYPES = {
  enrolment: 'ciba-enrolment+jwt',
  assertion: 'ciba-device+jwt',
  response: 'ciba-response+jwt',
  verificationKey: 'ciba-verification-key+jwt',
} as const;

const DEVICE_NAME_LIMIT = 64;

const PUSH_TOKEN_LIMIT = 2048;

const JTI_LIMIT = 256;

/** Claims of a JWT whose signature was verified. They have not been checked yet. */
export type Claims = Readonly<Record<string, unknown>>;

/** What a phone says about itself when it enrols. */
export type EnrolmentClaims = {
  readonly ticket: string;
  readonly name: string;
  readonly platform: Platform;
  readonly pushToken: string;
  /** A JWT by which a second key proves itself. Undefined for a phone with one key. */
  readonly verificationKey: string | undefined;
};

/** The claims that all kinds share, after they were checked. */
export type DeviceTokenLife = { readonly jti: string; readonly expiresAt: number };

/** Refuses a claim that is not as expected. */
export const wrongClaim = (claim: string, expected: string) =>
  refuse({ reason: 'device_token_claim', claim, expected });

/**
 * Checks `aud`, `iat`, `nbf`, `exp` and `jti` of anything a phone signs. `exp` is at most 120 s after `iat`, `nbf` may
 * be absent (RFC 7519 §4.1.5), and clocks may differ by 60 s.
 */
export function checkDeviceTokenLife(claims: Claims, names: IssuerNames, now: number): Result<DeviceTokenLife> {
  const { aud, iat, nbf, exp, jti } = claims;
  if (typeof aud !== 'string' || !namesIssuer(aud, names)) return wrongClaim('aud', 'the issuer as a single string');
  if (typeof iat !== 'number' || iat > now + CLOCK_LEEWAY_SECONDS)
    return wrongClaim('iat', 'an instant that is not in the future');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + CLOCK_LEEWAY_SECONDS))
    return wrongClaim('nbf', 'an instant that is not in the future');
  if (typeof exp !== 'number' || exp <= now - CLOCK_LEEWAY_SECONDS)
    return wrongClaim('exp', 'an instant that has not passed');
  if (exp - iat > DEVICE_TOKEN_LIFETIME_SECONDS || exp <= iat)
    return wrongClaim('exp', 'at most 120 seconds after iat');
  if (typeof jti !== 'string' || jti.length < 1 || jti.length > JTI_LIMIT)
    return wrongClaim('jti', '1 to 256 characters');
  return ok({ jti, expiresAt: Math.ceil(exp) + CLOCK_LEEWAY_SECONDS });
}

/**
 * Checks that a device assertion is bound to one HTTP call (RFC 9449 §4.3 has the same claims). The query of `htu` is
 * ignored.
 */
export function checkDeviceAssertion(claims: Claims, call: { method: string; urls: readonly string[] }): Result<true> {
  if (claims['htm'] !== call.method) return wrongClaim('htm', 'the HTTP method of this call');
  const htu = claims['htu'];
  if (typeof htu !== 'string' || !call.urls.includes(htu.split('?', 1)[0] ?? ''))
    return wrongClaim('htu', 'the URL of this call');
  return ok(true);
}

/** Checks what a phone says about itself when it enrols. */
export function checkEnrolmentClaims(claims: Claims): Result<EnrolmentClaims> {
  const { ticket } = claims;
  if (typeof ticket !== 'string' || ticket.length < 1 || ticket.length > 128)
    return wrongClaim('ticket', 'the ticket of the enrolment URI');
  const name = checkDeviceName(claims['name']);
  if (!name.ok) return name;
  const platform = PLATFORMS.find((known) => known === claims['platform']);
  if (!platform) return wrongClaim('platform', PLATFORMS.join(', '));
  const pushToken = checkPushToken(claims['push_token']);
  if (!pushToken.ok) return pushToken;
  const verificationKey = claims['verification_key'];
  if (verificationKey !== undefined && typeof verificationKey !== 'string')
    return wrongClaim('verification_key', `a ${DEVICE_TOKEN_TYPES.verificationKey}`);
  return ok({ ticket, name: name.value, platform, pushToken: pushToken.value, verificationKey });
}

/**
 * Checks for what a verification key proved itself: for this ticket, and beside this possession key. So nobody can take
 * the key of one phone for another's, or enclose an old proof.
 */
export function checkVerificationKeyClaims(
  claims: Claims,
  enrolment: { readonly ticket: string; readonly possessionThumbprint: string },
): Result<true> {
  if (claims['ticket'] !== enrolment.ticket) return wrongClaim('ticket', 'in verification_key that of the enrolment');
  return claims['jkt'] === enrolment.possessionThumbprint
    ? ok(true)
    : wrongClaim('jkt', 'in verification_key the thumbprint of the key that signs the enrolment');
}

/** Checks a device's name. It is shown to the user, so it has readable characters only. */
export function checkDeviceName(name: unknown): Result<string> {
  return typeof name === 'string' && isDisplayable(name, DEVICE_NAME_LIMIT)
    ? ok(name)
    : wrongClaim('name', '1 to 64 readable characters');
}

/** Checks the push token that the phone got from Apple or Google. */
export function checkPushToken(token: unknown): Result<string> {
  return typeof token === 'string' && token.length <= PUSH_TOKEN_LIMIT && /^[\x21-\x7E]+$/.test(token)
    ? ok(token)
    : wrongClaim('push_token', '1 to 2048 printable ASCII characters');
}

/** Returns whether the algorithm in a header is the one that is pinned to the key. */
export function isPinnedAlgorithm(header: Claims, pinned: SigningAlgorithm): boolean {
  return header['alg'] === pinned;
}
