/** Limits that `provider/adapters/settings.ts` reads from `REQUEST_LIMITS`. Times are in seconds. */
export type RequestLimits = {
  readonly defaultExpiry?: number | undefined;
  readonly expiryLimit?: number | undefined;
  readonly interval?: number | undefined;
  readonly perUser?: { readonly perMinute: number; readonly perHour: number } | undefined;
  /** Requests a minute of a client that was registered without a limit of its own. Default: 60. */
  readonly perClient?: number | 'off' | undefined;
  /** How many unknown users a client may name within an hour, before it is refused for an hour. Default: 100. */
  readonly unknownUsers?: number | 'off' | undefined;
  /** How long a client pauses after a user denied: at first, and at most. Default: 15 seconds and an hour. */
  readonly denialPause?: { readonly first: number; readonly longest: number } | 'off' | undefined;
  /** Whether a denial that reports fraud blocks the client for this user. Default: on. */
  readonly fraudBlocks?: 'on' | 'off' | undefined;
  /** Whether a client may have only one request open with each user. Default: off. */
  readonly oneOpenRequest?: 'on' | 'off' | undefined;
  /** Whether a client gets the same answers for people whom it may not or cannot ask. Default: off. */
  readonly concealUsers?: 'on' | 'off' | undefined;
  /** Whether a request needs a binding message while the user has another one open, of any client. Default: off. */
  readonly messageWhileOpen?: 'on' | 'off' | undefined;
};
