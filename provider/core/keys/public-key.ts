import { ok, type Result, refuse } from '../result.ts';
import type { PublicJwk } from './jwk.ts';

/** The two algorithms a device may sign with. Each key is pinned to one of them, which is never read from a header. */
export type DeviceAlgorithm = 'ES256' | 'RS256';

/** Members that make a key private or a shared secret (RFC 7518 §6). A key with one of them is refused. */
export const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

const base64url = /^[A-Za-z0-9_-]+$/;

/** Length of a coordinate of P-256 in base64url characters: 32 bytes. */
const COORDINATE_LENGTH = 43;

/**
 * Length of an RSA modulus in base64url characters: 342 for 2048 bits, 683 for 4096 bits. Mobile libraries put a zero
 * byte in front, which is removed first.
 */
const SHORTEST_MODULUS = 342;

const LONGEST_MODULUS = 683;

/**
 * Parses the public key of a device or of a client: P-256 (preferred), or RSA of 2048 to 4096 bits. Only the members
 * that define the key are kept.
 */
export function parsePublicKey(value: unknown): Result<PublicJwk> {
  const { kty, crv, x, y, n, e, ...others }: Readonly<Record<string, unknown>> = { ...Object(value) };
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(others, member))) return notAccepted();
  if (kty === 'EC' && crv === 'P-256' && isCoordinate(x) && isCoordinate(y)) return ok({ kty, crv, x, y });
  if (kty === 'RSA' && typeof n === 'string' && base64url.test(n) && e === 'AQAB') {
    const modulus = withoutLeadingZeros(n);
    if (modulus.length >= SHORTEST_MODULUS && modulus.length <= LONGEST_MODULUS) return ok({ kty, n: modulus, e });
  }
  return notAccepted();
}

/** Returns the algorithm that is pinned to a key: ES256 for EC, RS256 for RSA. */
export function algorithmOf(key: PublicJwk): DeviceAlgorithm {
  return key.kty === 'EC' ? 'ES256' : 'RS256';
}

/** Returns whether two public keys are the same key, whatever else their JWKs say (RFC 7638 §3.2). */
export function sameKey(a: PublicJwk, b: PublicJwk): boolean {
  return (['kty', 'crv', 'x', 'y', 'n', 'e'] as const).every((member) => a[member] === b[member]);
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && value.length === COORDINATE_LENGTH && base64url.test(value);
}

function withoutLeadingZeros(modulus: string): string {
  const bytes = Buffer.from(modulus, 'base64url');
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? '' : bytes.subarray(start).toString('base64url');
}

function notAccepted(): Result<never> {
  return refuse({
    reason: 'device_key_not_accepted',
    expected: 'an EC key on P-256 or an RSA key of 2048 to 4096 bits with e AQAB',
  });
}
