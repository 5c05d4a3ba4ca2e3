import type { FailureCause } from '../deciding/authentication-request.ts';
import type { TakenBack } from '../token/refusals.ts';
import type { RevokedToken } from '../token/revocation.ts';

// What the provider tells other systems of the company, if the settings ask for it (docs/events.md). An event names
// ids and members, and no value of a person.

/** The source of all events, by which the rules of an event bus select them. */
export const EVENT_SOURCE = 'serverless-ciba';

/** What happened to an authentication request. */
type RequestEvent =
  | { readonly event: 'authentication_requested'; readonly expiresAt: number }
  | { readonly event: 'authentication_approved' | 'authentication_denied'; readonly deviceId: string }
  /** Beside the denial: the user says that somebody else asked. */
  | { readonly event: 'fraud_reported'; readonly deviceId: string }
  /** Nobody answered in time. */
  | { readonly event: 'authentication_expired' }
  /**
   * The push reached no device, the client withdrew the request, too many wrong numbers were entered, or an approval was
   * taken back before it gave tokens.
   */
  | { readonly event: 'authentication_failed'; readonly reason: 'not_reached' | FailureCause | TakenBack };

/** What happened, without the members that each event has. */
export type Happening =
  | (RequestEvent & { readonly requestId: string; readonly clientId: string; readonly sub: string })
  /** A client revoked an access token: APIs must no longer accept it. */
  | ({ readonly event: 'token_revoked' } & RevokedToken)
  | { readonly event: 'device_enrolled' | 'device_removed'; readonly sub: string; readonly deviceId: string }
  | { readonly event: 'user_blocked' | 'user_unblocked'; readonly sub: string }
  | {
      readonly event: 'client_created' | 'client_updated';
      readonly clientId: string;
      /** The names of the members of the registration that are others now. */
      readonly changed: readonly string[];
    }
  | { readonly event: 'client_removed'; readonly clientId: string };

/** One event. */
export type ProviderEvent = Happening & {
  /** The same in every repeat of the event, and in no other event. 43 characters. */
  readonly id: string;
  /** When it happened, in epoch seconds. */
  readonly at: number;
};

/** The name of a kind of event. */
export type ProviderEventName = ProviderEvent['event'];
