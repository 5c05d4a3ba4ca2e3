import { type AuthenticationRequest, isOpen } from '../../core/deciding/authentication-request.ts';
import { countWrong, NUMBER_TRIES } from '../../core/deciding/number-matching.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { NumberedRequests } from './ports.ts';

/** What this step needs. */
export type CountWrongNumberPorts = {
  readonly numbers: Pick<NumberedRequests, 'recordWrongNumber'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
};

/**
 * Counts a wrong number with one conditional write, which also ends the request if it was the last attempt. Numbers that come
 * at the same time are counted one after the other, until the request has failed. Returns how many attempts are left, or
 * undefined if the request was over before this number. `deviceId`: the device on which it was typed, if any.
 */
export async function countWrongNumber(
  { numbers, audit, clock }: CountWrongNumberPorts,
  read: AuthenticationRequest,
  deviceId?: string,
): Promise<{ readonly attemptsLeft: number } | undefined> {
  let request: AuthenticationRequest | undefined = read;
  for (let round = 0; round <= NUMBER_TRIES; round += 1) {
    const now = clock();
    if (!request || !isOpen(request, now)) return undefined;
    const counted = await numbers.recordWrongNumber({ request, now });
    if (counted.recorded) {
      const { requestId, sub, clientId } = request;
      const { attemptsLeft } = countWrong(request);
      audit.write({ event: 'wrong_number', requestId, sub, clientId, deviceId, attemptsLeft }, now);
      return { attemptsLeft };
    }
    request = counted.stored;
  }
  throw new Error('the authentication request kept changing while a wrong number was counted');
}
