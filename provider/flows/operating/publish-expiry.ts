import { txnOf } from '../../core/digest.ts';
import { decideExpiry } from '../../core/operating/expiry-watch.ts';
import type { Noted } from '../../core/operating/log-line.ts';
import { expiryOf } from '../../core/operating/stored-change.ts';
import type { Clock } from '../ports.ts';
import type { EventBus, ExpiryReminders, WatchedRequest, WatchedRequests } from './ports.ts';

/** What this flow needs. */
export type PublishExpiryPorts = {
  readonly bus: EventBus;
  readonly reminders: ExpiryReminders;
  readonly requests: WatchedRequests;
  readonly clock: Clock;
};

/**
 * Publishes that a request expired, if it did. A reminder that comes too early is sent again. What decides is the
 * request as it is stored now. Throws if the bus does not accept the event, so that the reminder comes back.
 */
export async function publishExpiry(
  ports: PublishExpiryPorts,
  { requestId }: WatchedRequest,
): Promise<{ noted: Noted }> {
  const request = await ports.requests.findRequest(requestId);
  const decision = decideExpiry(request, ports.clock());
  const noted = { txn: txnOf(requestId), client_id: request?.clientId };
  if (decision.outcome === 'wait') await ports.reminders.remind({ requestId, inSeconds: decision.seconds });
  if (decision.outcome !== 'expired') return { noted };
  const refused = await ports.bus.publish([expiryOf(decision.request)]);
  if (refused.length > 0) throw new Error('the event bus did not accept an event');
  return { noted: { ...noted, events: 1 } };
}
