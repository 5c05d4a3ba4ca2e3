const DAY_SECONDS = 86_400;

/**
 * The values that apply where a deployment sets none. The functions use them, and the stack checks the settings of a
 * deployment against them.
 */
export const DEFAULTS = {
  /**
   * How long a request lives if its client asks for no lifetime, and the longest lifetime that a client may ask for.
   */
  expirySeconds: 120,
  expiryLimitSeconds: 600,
  /** Seconds between two polls of a client (CIBA §7.3). */
  intervalSeconds: 5,
  /** How many requests a user may get, over all clients, and how many a day that live longer than an hour. */
  userLimits: { perMinute: 5, perHour: 30, longPerDay: 10 },
  /** How many requests a minute a client may make, over all users, if it was registered without a limit of its own. */
  clientRequestsPerMinute: 60,
  /** How many unknown users a client may name within an hour. Then it is refused for an hour. */
  unknownUsers: 100,
  /**
   * How many wrong user codes a client may send for one user within a day of UTC. Then it is refused until the day
   * ends.
   */
  wrongUserCodes: 10,
  /** How long a client pauses after a user denied: 15 seconds, a minute, 4 minutes, 16 minutes, then an hour. */
  denialPause: { firstSeconds: 15, longestSeconds: 3600 },
  idTokenSeconds: 3600,
  /** An API that verifies tokens offline accepts a revoked one until its end, so the life is short. */
  accessTokenSeconds: 900,
  /**
   * A signing key is rotated every 90 days, published two days ahead, and trusted for two days after its last
   * signature.
   */
  rotateAfterSeconds: 90 * DAY_SECONDS,
  publishBeforeUseSeconds: 2 * DAY_SECONDS,
  retireForSeconds: 2 * DAY_SECONDS,
  /**
   * How long the public half of a key is kept after the key is gone. No `id_token_hint` is expected to carry an older
   * signature.
   */
  keepPublicKeysSeconds: 90 * DAY_SECONDS,
  /** How long an enrolment ticket can be used. */
  ticketLifetimeSeconds: 600,
} as const;
