import { ok, type Result, refuse } from '../../../core/result.ts';
import type { AnnouncedDecision, Announcements } from '../../notifying/ports.ts';
import type { AuthenticationRequests } from '../ports.ts';
import { PUSH_OUT } from './new-request.ts';

/**
 * Announces a request for which no phone rings, in place of a push. So the answer takes as long as that to a request for
 * which one rings, and while SNS is out it is the same refusal.
 */
export async function announceInstead(
  ports: { readonly announcements: Announcements; readonly requests: Pick<AuthenticationRequests, 'recordFailure'> },
  announcement: AnnouncedDecision,
): Promise<Result<true>> {
  const [announced] = await Promise.allSettled([ports.announcements.announce(announcement)]);
  if (announced.status === 'fulfilled') return ok(true);
  await ports.requests.recordFailure(announcement.requestId);
  return refuse(PUSH_OUT);
}
