import type { AuthenticationRequest } from '../../../core/deciding/authentication-request.ts';
import type { DeviceResponse } from '../../../core/deciding/device-response.ts';
import { matches } from '../../../core/deciding/number-matching.ts';
import { wrongClaim } from '../../../core/device/device-token.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { AuthenticatedDevice } from '../../device/authenticate-device.ts';
import type { Announcements } from '../../notifying/ports.ts';
import { type ClientDenialPorts, closeRequest } from '../client-denials.ts';
import { type CountWrongNumberPorts, countWrongNumber } from '../count-wrong-number.ts';
import type { StoredDetails } from '../ports.ts';

/** What this step needs. */
export type CheckNumberPorts = CountWrongNumberPorts &
  Pick<ClientDenialPorts, 'openRequests' | 'openQuestions'> & { readonly announcements: Announcements };

/** A valid answer to a request that can still be decided. */
type Answered = {
  readonly answer: DeviceResponse;
  readonly request: AuthenticationRequest;
  readonly details: StoredDetails;
  readonly by: AuthenticatedDevice;
  readonly correlationId: string;
};

/**
 * Checks the number that the user typed on the phone, where the request asks for one. A wrong number is counted before
 * anything else is told, and leaves no evidence: nothing was decided. A client that is to be notified may be told of the
 * end of its request, so the count is announced like a decision. Each wrong number does this, also one that is not the
 * last: so it takes no longer than a right one, whichever it is among many at the same time.
 */
export async function checkNumber(
  ports: CheckNumberPorts,
  { answer, request, details, by, correlationId }: Answered,
): Promise<Result<true>> {
  if (answer.decision === 'deny') return ok(true);
  if (request.numberMatching !== 'phone_enters')
    return answer.number === undefined ? ok(true) : wrongClaim('number', 'absent: this device has to enter no number');
  if (answer.number === undefined) return refuse({ reason: 'number_required' });
  if (matches(answer.number, request.state === 'pending' ? request.number : undefined)) return ok(true);
  const { requestId } = request;
  const { notifiedClient: clientId } = details;
  if (clientId !== undefined) await ports.announcements.announce({ requestId, clientId, correlationId });
  const counted = await countWrongNumber(ports, request, by.device.deviceId);
  if (counted?.attemptsLeft === 0) await closeRequest(ports, { sub: by.user.sub, requestId, details });
  return refuse(counted ? { reason: 'wrong_number', ...counted } : { reason: 'request_over' });
}
