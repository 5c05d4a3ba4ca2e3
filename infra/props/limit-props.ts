import type { Duration } from 'aws-cdk-lib';

/** Limits of authentication requests. */
export interface RequestLimits {
  /** How long a request lives for which its client asks nothing else. Default: 2 minutes. */
  readonly defaultExpiry?: Duration | undefined;
  /**
   * The longest life of a request that a client may ask for: 72 hours at most (docs/long-approvals.md). Default: 10
   * minutes.
   */
  readonly expiryLimit?: Duration | undefined;
  /**
   * The time between two polls of a client (CIBA §7.3), for requests that live ten minutes or less. It is the least for
   * longer ones. Default: 5 seconds.
   */
  readonly interval?: Duration | undefined;
  /** How many requests a user may get, over all clients. Default: 5 a minute, 30 an hour, 10 long ones a day. */
  readonly perUser?: UserLimits | undefined;
  /** Requests a minute of a client that was registered without a limit of its own. Default: 60. */
  readonly perClient?: number | 'off' | undefined;
  /** How many unknown users a client may name within an hour, before it is refused for an hour. Default: 100. */
  readonly unknownUsers?: number | 'off' | undefined;
  /**
   * How many wrong user codes a client may send for one user within a day of UTC. Then it is refused for this user
   * until the day ends. Default: 10.
   */
  readonly wrongUserCodes?: number | undefined;
  /** How long a client pauses for a user who denied. Default: 15 seconds at first, an hour at most. */
  readonly denialPause?: DenialPause | 'off' | undefined;
  /** Whether a denial that reports fraud blocks the client for this user. Default: `on`. */
  readonly fraudBlocks?: 'on' | 'off' | undefined;
  /** Whether a client may have only one request open with each user. Default: `off`. */
  readonly oneOpenRequest?: 'on' | 'off' | undefined;
  /** Whether a client gets the same answers for people whom it may not or cannot ask. Default: `off`. */
  readonly concealUsers?: 'on' | 'off' | undefined;
  /** Whether a request needs a binding message while the user has another one open, of any client. Default: `off`. */
  readonly messageWhileOpen?: 'on' | 'off' | undefined;
  /** Whether phones are reminded of a request that lives longer than half an hour, before it ends. Default: `on`. */
  readonly reminders?: 'on' | 'off' | undefined;
}

/** How many requests a user may get, over all clients. */
export interface UserLimits {
  /** At least 1. */
  readonly perMinute: number;
  /** At least `perMinute`. */
  readonly perHour: number;
  /** How many requests of a day of UTC may live longer than an hour. Default: 10. */
  readonly longPerDay?: number | undefined;
}

/** How long a client pauses for a user who denied. Each further denial makes the pause four times as long. */
export interface DenialPause {
  /** The pause after the first denial. */
  readonly first: Duration;
  /** The longest pause. */
  readonly longest: Duration;
}

/** How long tokens are valid. An API that verifies tokens offline accepts a revoked one until its end. */
export interface TokenLifetimes {
  /** Default: an hour. */
  readonly idToken?: Duration | undefined;
  /** Default: 15 minutes. */
  readonly accessToken?: Duration | undefined;
}

/** Times of a signing key. */
export interface KeyRotation {
  /** Until it is replaced. At least a day. Default: 90 days. */
  readonly rotateAfter?: Duration | undefined;
  /** How long it is published before its first use. API gateways cache keys for hours. Default: 2 days. */
  readonly publishBeforeUse?: Duration | undefined;
  /** How long it is published after its last use: longer than any token lives. Default: 2 days. */
  readonly retireFor?: Duration | undefined;
}

/** A class that an approval reaches if its phone reported one of these `amr`. */
export interface AcrRule {
  /** The value of the claim. Clients ask for it by `acr_values` if it is printable ASCII without a space. */
  readonly acr: string;
  /** Values of `amr`: `pin`, `fpt`, `face` and the others that docs/device-api.md lists. */
  readonly anyOf: readonly string[];
  /**
   * Whether the verification key of the phone must have signed, so that a phone with one key never reaches the class.
   * Default: false.
   */
  readonly needsVerificationKey?: boolean | undefined;
}

/** Who may sign a `login_hint_token`, and so name any user. It has either `jwks` or `jwksUri`. */
export interface HintIssuer {
  /** The `iss` of its tokens, exactly. */
  readonly issuer: string;
  /**
   * Its public keys, RSA or EC on P-256. The variables of a function end at 4 KB: with RSA keys, prefer `jwksUri`.
   * Default: those at `jwksUri`.
   */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown> & { kty: string }>[] } | undefined;
  /** Where it publishes its public keys: an https URL at a public address. Default: it has `jwks`. */
  readonly jwksUri?: string | undefined;
  /** The `aud` of its tokens, exactly. Default: the issuer of this provider. */
  readonly audience?: string | undefined;
}

/** Calls per second from all callers together, and how many may come at once. */
export interface RouteThrottle {
  /** Calls per second. At least 1. */
  readonly rate: number;
  /** How many may come at once. At least `rate`. */
  readonly burst: number;
}

/** What the routes let through. Each route counts its own calls. */
export interface RouteThrottles {
  /** Of `/bc-authorize`. Default: that of its function. */
  readonly authentication?: RouteThrottle | undefined;
  /** Of the routes of tokens and of their revocation. Default: that of each function. */
  readonly token?: RouteThrottle | undefined;
  /** Of the device API. Default: that of its function. */
  readonly device?: RouteThrottle | undefined;
  /** Of the admin API, discovery and the key set. Default: that of each function. */
  readonly others?: RouteThrottle | undefined;
}
