import type { BindingMessages } from '../core/asking/binding-message.ts';
import type { HintIssuer } from '../core/asking/hint-issuer.ts';
import type { ClientLimits, UserWindowLimits } from '../core/asking/rate-window.ts';
import type { AcrRule } from '../core/deciding/acr-rule.ts';
import type { IssuerNames } from '../core/issuer.ts';
import type { PublicJwk, SigningAlgorithm } from '../core/keys/jwk.ts';
import type { RotationPolicy } from '../core/keys/signing-key.ts';
import type { NotificationPorts } from '../core/notifying/notification-endpoint.ts';
import type { AuditEvent } from '../core/operating/audit-event.ts';
import type { AuditStep } from '../core/operating/audit-record.ts';
import type { Noted } from '../core/operating/log-line.ts';
import type { DenialPause } from '../core/person/client-block.ts';
import type { TokenClaims } from '../core/token/access-token.ts';
import type { TokenLifetimes } from '../core/token/token-lifetimes.ts';

// The ports that any room may need. The ports of a capability are in the `ports.ts` of its room. A port is a use case
// in domain words. Instants are epoch seconds. A port throws on an outage and never reports one as "not found".

/** Epoch seconds now. */
export type Clock = () => number;

/** Adds fields to the one log line of this request. */
export type Note = (fields: Noted) => void;

/** Makes unguessable identifiers. */
export interface Entropy {
  /**
   * 32 random bytes in base64url: 43 characters of `A-Z a-z 0-9 - _` (CIBA §7.3 asks for at least 128 bits and
   * recommends 160).
   */
  secret(): string;
  /** 16 random bytes in base64url, for names that must be unique but not secret. */
  id(): string;
  /** Two decimal digits, each of the hundred texts as likely as any other. Nobody can foretell them. */
  twoDigits(): string;
  /** A number from 0 up to but not including 1, to spread load. */
  fraction(): number;
}

/** Single-use identifiers (`jti`). */
export interface Replays {
  /** Remembers the `jti` until it expires. False if it was used before. */
  recordFirstUse(jti: { issuer: string; id: string; expiresAt: number }): Promise<boolean>;
}

/** A compact JWS, decoded but not verified. */
export type UnverifiedJws = { readonly header: TokenClaims; readonly claims: TokenClaims };

/** Decodes and verifies what clients and phones signed. */
export interface JwsVerifier {
  /** Returns header and claims. Undefined if it is not a compact JWS with a JSON payload of acceptable size. */
  decode(jws: string): UnverifiedJws | undefined;
  /** Returns whether the signature is valid under this key and exactly this algorithm. */
  verifies(jws: string, key: PublicJwk, algorithm: SigningAlgorithm): Promise<boolean>;
  /** RFC 7638 thumbprint. */
  thumbprint(key: PublicJwk): Promise<string>;
}

/** The usable keys of a set, or in a few words of the provider's own why there are none. */
export type FoundKeySet = { readonly keys: readonly PublicJwk[] } | { readonly failure: string };

/** Key sets that clients and other issuers publish at an https URL (`jwks_uri`, RFC 7591 §2). */
export interface RemoteKeySets {
  /**
   * Returns the public keys at a registered URL, from a copy of at most five minutes. A copy without a key that has
   * this `kid` is fetched anew, at most every ten seconds. While the set cannot be fetched, the copy is used for at
   * most 15 minutes. It never throws because of the other side. The keys are all that may be used: `candidateKeys`
   * picks.
   */
  find(jwksUri: string, wanted: { readonly kid: unknown }): Promise<FoundKeySet>;
}

/** Security events in the log, marked so that they are kept apart. A line in a thousand may get lost on its way. */
export interface AuditLog {
  /** Writes the event before it returns. */
  write(event: AuditEvent, now: number): void;
}

/** The record of security decisions. */
export interface AuditTrail extends AuditLog {
  /** Makes the id that the records of one change share. */
  newChange(): string;
  /**
   * Stores a step of a change durably, and writes it to the log. It resolves when the store has acknowledged the
   * record, to true. False if the store is out: then only the log has the record.
   */
  record(event: AuditEvent, step: AuditStep, now: number): Promise<boolean>;
}

/** What happens to a change that the audit trail cannot record: it is not made, or it is made all the same. */
export type AuditOutage = 'refuse' | 'proceed';

/** The provider's settings, read once at start. */
export type Settings = IssuerNames & {
  readonly expiry: { readonly default: number; readonly limit: number };
  readonly intervalSeconds: number;
  readonly bindingMessagePattern?: RegExp | undefined;
  /** Undefined means `standard`. */
  readonly bindingMessages?: BindingMessages | undefined;
  /** Undefined means none besides 443. */
  readonly notificationPorts?: NotificationPorts | undefined;
  /** Undefined only where limits are switched off for test runs. */
  readonly userLimits?: UserWindowLimits | undefined;
  /** The limits of a client that was registered without limits of its own. */
  readonly clientLimits: ClientLimits;
  /** How many wrong user codes a client may send for a user within a day. */
  readonly wrongUserCodes: number;
  /** Undefined where clients do not pause after a denial. */
  readonly denialPause?: DenialPause | undefined;
  /** Whether a denial that reports fraud blocks the client for this user. */
  readonly blocksReported: boolean;
  /** Whether a client may have only one request open with each user. */
  readonly hasOneOpenRequest: boolean;
  /** Whether a client cannot tell by the answers if a person exists, is blocked, has a phone, or is asked too often. */
  readonly concealsUsers: boolean;
  /** Whether a request needs a binding message while the user has another open question. */
  readonly needsMessageWhileOpen: boolean;
  /** Whether phones are reminded of a long request before it ends. */
  readonly reminds: boolean;
  readonly lifetimes: TokenLifetimes;
  /**
   * For how many days a client secret works, unless the client was registered with days of its own. Undefined: no end.
   */
  readonly clientSecretDays?: number | undefined;
  /** Who may sign a `login_hint_token` for every client. Undefined means nobody. */
  readonly hintIssuers?: readonly HintIssuer[] | undefined;
  readonly acrPolicy: readonly AcrRule[];
  readonly ticketLifetimeSeconds: number;
  readonly rotation: RotationPolicy;
  readonly auditOutage: AuditOutage;
};
