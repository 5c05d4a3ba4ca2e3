import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';
import type { ProviderEvent } from '../../core/operating/provider-event.ts';
import type { SnakeCase } from '../../core/snake-case.ts';

// The ports of telling other systems what happened. The rules for all ports are in flows/ports.ts.

/** An item in DynamoDB's notation: each member with its type. */
export type ItemImage = Readonly<Record<string, unknown>>;
/** One committed write, as the stream of a table tells it. */
export type StreamedWrite = {
  /** The same in every repeat. */
  readonly id: string;
  /** When it was written, in epoch seconds. */
  readonly at: number;
  readonly before?: ItemImage | undefined;
  readonly after?: ItemImage | undefined;
};

/** The event bus of other systems. */
export interface EventBus {
  /**
   * Sends events, and returns those that the bus did not accept. A repeated event is sent again: who reads the bus knows
   * it by its id.
   */
  publish(events: readonly ProviderEvent[]): Promise<readonly ProviderEvent[]>;
}

/** A request whose expiry is watched. */
export type WatchedRequest = { readonly requestId: string };
/** The message that reminds of a request whose expiry is watched. */
export type ExpiryMessage = {
  readonly [Member in keyof WatchedRequest as SnakeCase<Member>]: WatchedRequest[Member];
};

/** Reminders of requests that may expire. */
export interface ExpiryReminders {
  /** Sends a reminder that comes back after some seconds, 900 at most. It may come more than once. */
  remind(request: WatchedRequest & { inSeconds: number }): Promise<void>;
}

/** Requests whose expiry is watched. */
export interface WatchedRequests {
  /** Returns the request as it is stored now. */
  findRequest(requestId: string): Promise<AuthenticationRequest | undefined>;
}
