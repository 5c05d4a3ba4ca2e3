import { txnOf } from '../../core/digest.ts';
import type { ProviderEvent } from '../../core/operating/provider-event.ts';
import type { SnakeCase } from '../../core/snake-case.ts';

/** The members of any event. The name of the event is the `detail-type`. */
type Member<Event = ProviderEvent> = Event extends ProviderEvent ? Exclude<keyof Event & string, 'event'> : never;

/** The name of each member on the wire. A member that is missing here does not compile. */
const WIRE_NAMES: { readonly [Name in Member]: SnakeCase<Name> } = {
  id: 'id',
  at: 'at',
  requestId: 'request_id',
  clientId: 'client_id',
  sub: 'sub',
  deviceId: 'device_id',
  jti: 'jti',
  expiresAt: 'expires_at',
  reason: 'reason',
  changed: 'changed',
};

/** Returns the `detail` of an event. For a request it has the name of the request in the logs, too. */
export function detailOf(event: ProviderEvent): Readonly<Record<string, unknown>> {
  const { event: _, ...members } = event;
  const entries = Object.entries<unknown>(members).map(([name, value]) => [WIRE_NAMES[name as Member], value]);
  const txn = 'requestId' in event ? { txn: txnOf(event.requestId) } : {};
  return { ...Object.fromEntries(entries), ...txn };
}
