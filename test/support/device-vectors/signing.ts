import { createHash } from 'node:crypto';
import { ISSUER, NOW } from './given.ts';
import { type KeyName, keyNamed } from './keys.ts';
import type { Signed, Vector } from './vector.ts';

type Members = Readonly<Record<string, unknown>>;
/** The device in whose name a phone signs. */
type Signer = { readonly deviceId: string; readonly sub: string; readonly key: KeyName };
/** What is different from a good JWT. A member that is undefined is left out. */
export type Different = {
  readonly key?: Signed['key'];
  readonly header?: Members;
  readonly claims?: Members;
  readonly verificationKey?: Signed;
};

const algorithmOf = (key: KeyName): string => (key === 'RSA phone' ? 'RS256' : 'ES256');
const lifeOf = (jti: string): Members => ({ aud: ISSUER, iat: NOW, exp: NOW + 60, jti });

function signed(good: { key: KeyName; header: Members; claims: Members }, different: Different): Signed {
  return {
    key: different.key ?? good.key,
    header: { ...good.header, ...different.header },
    claims: { ...good.claims, ...different.claims },
    ...(different.verificationKey && { verificationKey: different.verificationKey }),
  };
}

/** An assertion for a call with this method and path. */
export function assertionOf(
  { deviceId, sub, key }: Signer,
  { method, path, jti }: { method: string; path: string; jti: string },
  different: Different = {},
): Signed {
  const header = { alg: algorithmOf(key), typ: 'ciba-device+jwt' };
  const htu = new URL(path, ISSUER).href;
  const claims = { iss: deviceId, sub, htm: method, htu, ...lifeOf(jti) };
  return signed({ key, header, claims }, different);
}

/** The answer to a request. */
export function responseOf(
  { deviceId, sub, key }: Signer,
  { requestId, hash, decision, jti }: { requestId: string; hash: string; decision: string; jti: string },
  different: Different = {},
): NonNullable<Vector['signed']> {
  const header = { alg: algorithmOf(key), typ: 'ciba-response+jwt' };
  const claims = { iss: deviceId, sub, request_id: requestId, decision, details_hash: hash, ...lifeOf(jti) };
  return { member: 'response', ...signed({ key, header, claims }, different) };
}

/** The enrolment of a key with a ticket. */
export function enrolmentOf(
  key: KeyName,
  { ticket, name, jti }: { ticket: string; name: string; jti: string },
  different: Different = {},
): NonNullable<Vector['signed']> {
  const header = { alg: algorithmOf(key), typ: 'ciba-enrolment+jwt', jwk: keyNamed(key).publicJwk };
  const claims = { ticket, name, platform: 'GCM', push_token: `fcm-token-${key.replace(' ', '-')}`, ...lifeOf(jti) };
  return { member: 'enrolment', ...signed({ key, header, claims }, different) };
}

/** What a second key signs to prove itself, for a ticket and beside the key that signs the enrolment. */
export function proofOf(
  key: KeyName,
  { ticket, beside, jti }: { ticket: string; beside: KeyName; jti: string },
  different: Different = {},
): Signed {
  const header = { alg: algorithmOf(key), typ: 'ciba-verification-key+jwt', jwk: keyNamed(key).publicJwk };
  const claims = { ticket, jkt: thumbprintOf(keyNamed(beside).publicJwk), ...lifeOf(jti) };
  return signed({ key, header, claims }, different);
}

/** The thumbprint of a key on P-256 (RFC 7638). */
function thumbprintOf({ crv, kty, x, y }: Members): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}
