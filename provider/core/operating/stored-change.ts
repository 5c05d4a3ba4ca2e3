import type { Client } from '../client/client.ts';
import { changesOfClient } from '../client/client-change.ts';
import type { AuthenticationRequest, RequestFacts } from '../deciding/authentication-request.ts';
import { sha256 } from '../digest.ts';
import type { User } from '../person/user.ts';
import type { RevokedToken } from '../token/revocation.ts';
import type { Happening, ProviderEvent } from './provider-event.ts';
import { SYNTHETIC_ID } from './reserved.ts';

/** Something before and after one write. Undefined: it did not exist. */
type Versions<What> = { readonly before?: What | undefined; readonly after?: What | undefined };

/** One write that was committed, to something that others may want to know of. */
export type StoredChange = {
  /** The id that DynamoDB gave the write. It is the same however often the write is told. */
  readonly id: string;
  /** When it was written, in epoch seconds. */
  readonly at: number;
} & (
  | ({ readonly of: 'request' } & Versions<AuthenticationRequest>)
  | ({ readonly of: 'user' } & Versions<User>)
  | ({ readonly of: 'client' } & Versions<Client>)
  | ({ readonly of: 'revocation' } & Versions<RevokedToken>)
);

/** The reason of a denial by which a phone reports fraud. */
const FRAUD = 'fraud';

/**
 * Returns the events that a write means: none, one or several. A write that changed nothing that is an event, such as a
 * poll or a new ticket, means none. The synthetic login has no events: it is not a person, and logs in all day.
 */
export function eventsOf(change: StoredChange): readonly ProviderEvent[] {
  const { id, at } = change;
  return happeningsIn(change)
    .filter((happening) => !isSynthetic(happening))
    .map((happening) => ({ ...happening, at, id: idOf(happening, id) }));
}

/**
 * Returns the event that a request expired. It happened at the end of the request, whenever that is noticed.
 */
export function expiryOf(request: RequestFacts): ProviderEvent {
  const happening = { event: 'authentication_expired', ...asker(request) } as const;
  return { ...happening, at: request.expiresAt, id: idOf(happening, '') };
}

/**
 * Makes the id of an event. Each event of a request or a token happens once at most, so its id is made of the request or
 * the token. The others can happen again, so theirs is made of the write.
 */
function idOf(happening: Happening, changeId: string): string {
  const { event } = happening;
  if ('requestId' in happening) return sha256(`${event} ${happening.requestId}`);
  if ('jti' in happening) return sha256(`${event} ${happening.jti}`);
  return sha256(`${event} ${changeId} ${'deviceId' in happening ? happening.deviceId : ''}`);
}

function isSynthetic(happening: Happening): boolean {
  const ids = [
    'clientId' in happening ? happening.clientId : undefined,
    'sub' in happening ? happening.sub : undefined,
  ];
  return ids.includes(SYNTHETIC_ID);
}

function happeningsIn(change: StoredChange): readonly Happening[] {
  switch (change.of) {
    case 'request':
      return ofRequest(change);
    case 'user':
      return [...ofDevices(change), ...ofStatus(change)];
    case 'client':
      return ofClient(change);
    case 'revocation':
      return ofRevocation(change);
  }
}

const asker = ({ requestId, clientId, sub }: RequestFacts) => ({ requestId, clientId, sub });

/** A request whose state stayed the same was polled. One that is gone was swept after its time, which is no event. */
function ofRequest({ before, after }: Versions<AuthenticationRequest>): readonly Happening[] {
  if (!after || before?.state === after.state) return [];
  // Nobody is asked for a client that the user reported, and nobody for a request that conceals that.
  if (after.deniedFrom !== undefined || after.isConcealed) return [];
  const facts = asker(after);
  switch (after.state) {
    case 'pending':
      return [{ event: 'authentication_requested', ...facts, expiresAt: after.expiresAt }];
    case 'awaiting_number':
      // The approval does not count yet.
      return [];
    case 'approved':
      return [{ event: 'authentication_approved', ...facts, deviceId: after.grant.deviceId }];
    case 'denied': {
      const { deviceId } = after;
      const denied = { event: 'authentication_denied', ...facts, deviceId } as const;
      return after.reason === FRAUD ? [denied, { event: 'fraud_reported', ...facts, deviceId }] : [denied];
    }
    case 'failed': {
      const reason = after.because ?? after.takenBack?.because ?? 'not_reached';
      return [{ event: 'authentication_failed', ...facts, reason }];
    }
    case 'redeemed':
      return [];
  }
}

/**
 * The profile names the devices that are enrolled. So an enrolment is one write of the profile, and the removal of a
 * user removes all devices that the profile named.
 */
function ofDevices({ before, after }: Versions<User>): readonly Happening[] {
  const earlier = before?.deviceIds ?? [];
  const later = after?.deviceIds ?? [];
  const sub = (after ?? before)?.sub ?? '';
  return [
    ...earlier
      .filter((deviceId) => !later.includes(deviceId))
      .map((deviceId) => ({ event: 'device_removed', sub, deviceId }) as const),
    ...later
      .filter((deviceId) => !earlier.includes(deviceId))
      .map((deviceId) => ({ event: 'device_enrolled', sub, deviceId }) as const),
  ];
}

/** A user who is created active was not unblocked, and one who is removed neither. */
function ofStatus({ before, after }: Versions<User>): readonly Happening[] {
  if (!after || before?.status === after.status) return [];
  const { sub, status } = after;
  if (status === 'blocked') return [{ event: 'user_blocked', sub }];
  return before ? [{ event: 'user_unblocked', sub }] : [];
}

function ofClient({ before, after }: Versions<Client>): readonly Happening[] {
  if (!after) return before ? [{ event: 'client_removed', clientId: before.clientId }] : [];
  const changed = changesOfClient(before, after).map(({ member }) => member);
  const { clientId } = after;
  if (!before) return [{ event: 'client_created', clientId, changed }];
  return changed.length > 0 ? [{ event: 'client_updated', clientId, changed }] : [];
}

/** What TTL removes is no event. */
function ofRevocation({ before, after }: Versions<RevokedToken>): readonly Happening[] {
  return after && !before ? [{ event: 'token_revoked', ...after }] : [];
}
