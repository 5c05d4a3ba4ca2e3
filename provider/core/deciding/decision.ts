import type { Asked } from '../asking/asked.ts';
import type { Owner, User } from '../person/user.ts';
import { grantAsked } from '../token/grant.ts';
import { type AcrRule, acrReached } from './acr.ts';
import type { Decision } from './authentication-request.ts';
import type { DeviceResponse } from './device-response.ts';

/** Who answered, on which device, what they were asked, and by which registration of a client. */
type Answered = {
  readonly user: Owner & Pick<User, 'blockCount' | 'claims'>;
  readonly deviceId: string;
  readonly asked: Asked;
  readonly registrationId: string;
};

/** Makes the decision that is recorded for a signed answer. An approval grants exactly what was asked. */
export function decisionOf(
  { decision, reason, amr }: DeviceResponse,
  { user, deviceId, asked, registrationId }: Answered,
  { acrPolicy, now }: { acrPolicy: readonly AcrRule[]; now: number },
): Decision {
  if (decision === 'deny') return { decision, deviceId, reason };
  const { sub, profileId, blockCount, claims: userClaims } = user;
  const acr = acrReached(amr, acrPolicy);
  const person = { sub, profileId, blockCount, userClaims };
  return { decision, grant: grantAsked(asked, { ...person, registrationId, deviceId, authTime: now, amr, acr }) };
}
