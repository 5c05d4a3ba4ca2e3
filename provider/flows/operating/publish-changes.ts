import { secondsUntilExpiry } from '../../core/operating/expiry-watch.ts';
import type { ProviderEvent } from '../../core/operating/provider-event.ts';
import { eventsOf, type StoredChange } from '../../core/operating/stored-change.ts';
import type { Clock } from '../ports.ts';
import type { EventBus, ExpiryReminders } from './ports.ts';

/** What this flow needs. */
export type PublishPorts = {
  readonly bus: EventBus;
  readonly reminders: ExpiryReminders;
  readonly clock: Clock;
};
/** How many events were published, and the ids of the changes whose events were not all accepted. */
export type Published = { readonly events: number; readonly failed: readonly string[] };

/**
 * Publishes the events of committed changes, in their order. For each new request it first sends the reminder of its
 * expiry. If it breaks off, the same changes come again, and everything is sent again. Events keep their ids, and a
 * second reminder of a request does no harm.
 */
export async function publishChanges(ports: PublishPorts, changes: readonly StoredChange[]): Promise<Published> {
  const told = changes.map((change) => ({ change, events: eventsOf(change) }));
  const events = told.flatMap((one) => one.events);
  await Promise.all(events.map((event) => watchExpiry(ports, event)));
  const refused = events.length > 0 ? await ports.bus.publish(events) : [];
  const isRefused = ({ id }: ProviderEvent) => refused.some((one) => one.id === id);
  const failed = told.filter((one) => one.events.some(isRefused)).map(({ change }) => change.id);
  return { events: events.length - refused.length, failed };
}

async function watchExpiry({ reminders, clock }: PublishPorts, event: ProviderEvent): Promise<void> {
  if (event.event !== 'authentication_requested') return;
  const { requestId, expiresAt } = event;
  await reminders.remind({ requestId, inSeconds: secondsUntilExpiry(expiresAt, clock()) });
}
