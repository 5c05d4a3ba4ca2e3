import type { Proof } from '../../../core/device/device.ts';
import {
  checkDeviceTokenLife,
  checkEnrolmentClaims,
  checkVerificationKeyClaims,
  DEVICE_TOKEN_TYPES,
  type EnrolmentClaims,
  isPinnedAlgorithm,
} from '../../../core/device/device-token.ts';
import type { PublicJwk } from '../../../core/keys/jwk.ts';
import { algorithmOf, parsePublicKey, sameKey } from '../../../core/keys/public-key.ts';
import type { Refusal } from '../../../core/refusal.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { TokenClaims } from '../../../core/token/access-token.ts';
import type { Clock, JwsVerifier, Settings } from '../../ports.ts';

/** What this step needs. */
export type VerifyEnrolmentPorts = {
  readonly verifier: JwsVerifier;
  readonly clock: Clock;
  readonly settings: Settings;
};

/** What a phone proved: its keys, what it says about itself, and the thumbprint of its possession key (RFC 7638). */
export type VerifiedEnrolment = {
  readonly proof: Proof;
  readonly claims: EnrolmentClaims;
  readonly keyThumbprint: string;
};

/**
 * Verifies an enrolment: the possession key signs it, and the verification key, if there is one, signed a JWT in it.
 */
export async function verifyEnrolment(ports: VerifyEnrolmentPorts, jws: string): Promise<Result<VerifiedEnrolment>> {
  const signed = await verifyOwnKey(ports, jws, { type: 'enrolment', refusal: { reason: 'enrolment_signature' } });
  if (!signed.ok) return signed;
  const { key: publicKey } = signed.value;
  const claims = checkEnrolmentClaims(signed.value.claims);
  if (!claims.ok) return claims;
  const keyThumbprint = await ports.verifier.thumbprint(publicKey);
  const possession = { publicKey, thumbprint: keyThumbprint };
  const second = await verifySecondKey(ports, claims.value, possession);
  if (!second.ok) return second;
  const proof = { kind: 'device-jws', publicKey, verificationKey: second.value } as const;
  return ok({ proof, claims: claims.value, keyThumbprint });
}

/**
 * Verifies that the phone holds a second key, which says for which ticket and beside which possession key it is. Two
 * equal keys are one: whoever holds the phone could then claim to be verified. Undefined for a phone with one key.
 */
async function verifySecondKey(
  ports: VerifyEnrolmentPorts,
  { verificationKey: jws, ticket }: EnrolmentClaims,
  possession: { readonly publicKey: PublicJwk; readonly thumbprint: string },
): Promise<Result<PublicJwk | undefined>> {
  if (jws === undefined) return ok(undefined);
  const refusal = { reason: 'verification_key_signature' } as const;
  const signed = await verifyOwnKey(ports, jws, { type: 'verificationKey', refusal });
  if (!signed.ok) return signed;
  const { key, claims } = signed.value;
  if (sameKey(key, possession.publicKey)) return refuse({ reason: 'verification_key_not_another' });
  const bound = checkVerificationKeyClaims(claims, { ticket, possessionThumbprint: possession.thumbprint });
  return bound.ok ? ok(key) : bound;
}

/**
 * Verifies a JWT that carries its own key. The key comes from the header. It must have an accepted kind and size, and
 * it determines the algorithm. The signature is verified before the claims.
 */
async function verifyOwnKey(
  { verifier, settings, clock }: VerifyEnrolmentPorts,
  jws: string,
  { type, refusal }: { readonly type: 'enrolment' | 'verificationKey'; readonly refusal: Refusal },
): Promise<Result<{ key: PublicJwk; claims: TokenClaims }>> {
  const decoded = verifier.decode(jws);
  if (!decoded || decoded.header['typ'] !== DEVICE_TOKEN_TYPES[type]) return refuse(refusal);
  const key = parsePublicKey(decoded.header['jwk']);
  if (!key.ok) return key;
  const algorithm = algorithmOf(key.value);
  if (!isPinnedAlgorithm(decoded.header, algorithm)) return refuse(refusal);
  if (!(await verifier.verifies(jws, key.value, algorithm))) return refuse(refusal);
  const life = checkDeviceTokenLife(decoded.claims, settings, clock());
  return life.ok ? ok({ key: key.value, claims: decoded.claims }) : life;
}
