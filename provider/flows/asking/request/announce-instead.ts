import { reminderAt } from '../../../core/asking/reminder.ts';
import type { Client } from '../../../core/client/client.ts';
import type { RequestFacts } from '../../../core/deciding/authentication-request.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { Announcements } from '../../notifying/ports.ts';
import type { Note, Settings } from '../../ports.ts';
import type { AuthenticationRequests } from '../ports.ts';
import { PUSH_OUT } from './new-request.ts';

type AnnouncePorts = {
  readonly announcements: Announcements;
  readonly requests: Pick<AuthenticationRequests, 'recordUnreached'>;
};
type Announcement = { readonly client: Client; readonly requestId: string; readonly correlationId: string };

/**
 * Announces a request for which no phone rings, in place of a push. So the answer takes as long as that to a request
 * for which one rings, and while SNS is out it is the same refusal. A client in push mode is told of the end as ever.
 */
export async function announceInstead(
  ports: AnnouncePorts,
  { client: { clientId, deliveryMode }, requestId, correlationId }: Announcement,
): Promise<Result<true>> {
  const watches = deliveryMode === 'push' ? ({ watchesExpiry: true } as const) : {};
  const announcement = { requestId, clientId, correlationId, ...watches };
  const [announced] = await Promise.allSettled([ports.announcements.announce(announcement)]);
  if (announced.status === 'fulfilled') return ok(true);
  await ports.requests.recordUnreached(requestId);
  return refuse(PUSH_OUT);
}

/**
 * Announces the request of a client in push mode, so that it is told of the expiry (CIBA §12). It is done while phones
 * ring, so that the time of the answer does not tell for which requests one rings. A request that cannot be announced
 * has failed, and the phone that it rang finds it over.
 */
export async function watchExpiry(ports: AnnouncePorts, announcement: Announcement): Promise<Result<true>> {
  return announcement.client.deliveryMode === 'push' ? announceInstead(ports, announcement) : ok(true);
}

/**
 * Announces a request that lives long, so that its phones are reminded before its end. It is done for every such request,
 * also where no phone rings, so that the time of the answer does not tell. If it fails, only the reminder is lost.
 */
export async function announceReminder(
  { announcements, settings }: Pick<AnnouncePorts, 'announcements'> & { readonly settings: Settings },
  {
    request,
    correlationId,
    note,
  }: { readonly request: RequestFacts; readonly correlationId: string; readonly note: Note },
): Promise<void> {
  if (!settings.reminds || reminderAt(request) === undefined) return;
  const { requestId, clientId } = request;
  const [sent] = await Promise.allSettled([
    announcements.announce({ requestId, clientId, correlationId, reminds: true }),
  ]);
  if (sent.status === 'rejected') note({ detail: 'no_reminder' });
}
