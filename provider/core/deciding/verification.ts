import type { Proof } from '../device/device.ts';
import { ok, type Result, refuse } from '../result.ts';
import { acrReached, type Verification } from './acr.ts';
import type { AcrRule } from './acr-rule.ts';
import type { DeviceResponse } from './device-response.ts';

/**
 * The methods that say more than that somebody tapped (`user`) or where the key is (`swk`): they say that the phone
 * verified who holds it.
 */
const VERIFYING = ['pin', 'fpt', 'face', 'iris', 'retina', 'vbm', 'pwd', 'mfa'];

/**
 * Checks how an approval was verified. A device with a verification key must sign with it what says that the person was
 * verified: whoever holds the phone can use the possession key. Its signature says by itself that a person was present
 * (`user`), because the platform releases the key to nobody else. Without attestation all of this is the device's
 * claim. The approval must reach one of the classes that were asked for, by the rules that were frozen with the
 * request. A denial is accepted whatever was verified.
 */
export function checkVerification(
  { decision, amr }: DeviceResponse,
  { signedBy, proof }: Pick<Verification, 'signedBy'> & { readonly proof: Proof },
  asked: readonly AcrRule[] | undefined,
): Result<Verification> {
  if (decision === 'deny') return ok({ amr, signedBy });
  const hasVerificationKey = proof.verificationKey !== undefined;
  const beyond = amr.find((method) => VERIFYING.includes(method));
  if (beyond !== undefined && hasVerificationKey && signedBy === 'possession')
    return refuse({ reason: 'amr_needs_verification_key', method: beyond });
  const isPresent = signedBy === 'verification' && !amr.includes('user');
  const verification = { amr: isPresent ? [...amr, 'user'] : amr, signedBy };
  return asked && acrReached(verification, asked) === undefined
    ? refuse({ reason: 'verification_insufficient', suffices: asked, hasVerificationKey })
    : ok(verification);
}
