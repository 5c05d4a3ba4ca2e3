import type { Asked } from '../asking/asked.ts';
import type { Owner, User } from '../person/user.ts';
import { grantAsked } from '../token/grant.ts';
import { acrReached, type Verification } from './acr.ts';
import type { AcrRule } from './acr-rule.ts';
import type { Decision } from './authentication-request.ts';
import type { DeviceResponse } from './device-response.ts';
import { awaitsNumber, type NumberMatching, withMultipleChannels } from './number-matching.ts';

/** Who answered, on which device, what they were asked, and by which registration of a client. */
type Answered = {
  readonly user: Owner & Pick<User, 'blockCount' | 'claims'>;
  readonly deviceId: string;
  readonly asked: Asked;
  readonly registrationId: string;
  /** How the device verified its user, and which of its keys signed. */
  readonly verification: Verification;
  /** Who has to enter a number. If it is the phone, it has entered the right one. */
  readonly numberMatching?: NumberMatching | undefined;
};

/**
 * Makes the decision that is recorded for a signed answer. An approval grants exactly what was asked. Its class is the
 * first of those that the client asked for, by the rules that were frozen with the request; otherwise the strongest
 * one. Where a number has to be entered, `amr` says that more than one channel was used; no class follows from that. If
 * the client enters it, the approval only counts then.
 */
export function decisionOf(
  { decision, reason }: DeviceResponse,
  { user, deviceId, asked, registrationId, verification, numberMatching }: Answered,
  { acrPolicy, now, number }: { acrPolicy: readonly AcrRule[]; now: number; number: string },
): Decision {
  if (decision === 'deny') return { decision, deviceId, reason };
  const { sub, profileId, blockCount, claims: userClaims } = user;
  const acr = acrReached(verification, asked.acrValues ?? acrPolicy);
  const amr = numberMatching ? withMultipleChannels(verification.amr) : verification.amr;
  const person = { sub, profileId, blockCount, userClaims };
  const grant = grantAsked(asked, { ...person, registrationId, deviceId, authTime: now, amr, acr });
  return awaitsNumber({ numberMatching }, { decision }) ? { decision, grant, number } : { decision, grant };
}
