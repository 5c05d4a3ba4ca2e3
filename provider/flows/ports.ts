import type { WindowLimits } from '../core/asking/rate-window.ts';
import type { AcrRule } from '../core/deciding/acr.ts';
import type { IssuerNames } from '../core/issuer.ts';
import type { PublicJwk, SigningAlgorithm } from '../core/keys/jwk.ts';
import type { RotationPolicy } from '../core/keys/signing-key.ts';
import type { AuditEvent } from '../core/operating/audit-event.ts';
import type { Noted } from '../core/operating/log-line.ts';
import type { TokenClaims } from '../core/token/access-token.ts';

// What every room may need of the world. The ports of a capability stand in the ports.ts of its room.
// Ports are use cases in domain words. Instants are epoch seconds. An outage is thrown, never answered as "not found".

/** Epoch seconds now. */
export type Clock = () => number;

/** Adds to the one line that is logged of this request. */
export type Note = (fields: Noted) => void;

/** Makes unguessable identifiers. */
export interface Entropy {
  /** 32 random bytes in base64url: 43 characters of `A-Z a-z 0-9 - _` (CIBA §7.3 asks for 160 bits). */
  secret(): string;
  /** 16 random bytes in base64url, for names that need to be unique but not secret. */
  id(): string;
  /** A number from 0 up to but not including 1, to spread load. */
  fraction(): number;
}

/** Single-use identifiers (`jti`). */
export interface Replays {
  /** Remembers the `jti` until it expires. False when it was seen before. */
  recordFirstUse(jti: { issuer: string; id: string; expiresAt: number }): Promise<boolean>;
}

/** A compact JWS taken apart without believing it. */
export type UnverifiedJws = { readonly header: TokenClaims; readonly claims: TokenClaims };

/** Signatures of others, checked. */
export interface JwsVerifier {
  /** Header and claims; undefined when it is not a compact JWS with a JSON payload of a reasonable size. */
  decode(jws: string): UnverifiedJws | undefined;
  /** Whether the signature holds under this key and exactly this algorithm. */
  verifies(jws: string, key: PublicJwk, algorithm: SigningAlgorithm): Promise<boolean>;
  /** RFC 7638 thumbprint. */
  thumbprint(key: PublicJwk): Promise<string>;
}

/** What is kept of security decisions, apart from the logs. */
export interface AuditTrail {
  /** Written before it returns. */
  write(event: AuditEvent, now: number): void;
}

/** The provider's settings, read once at start. */
export type Settings = IssuerNames & {
  readonly expiry: { readonly default: number; readonly limit: number };
  readonly intervalSeconds: number;
  readonly bindingMessagePattern?: RegExp | undefined;
  /** Undefined only where limits are switched off for test runs. */
  readonly userLimits?: WindowLimits | undefined;
  readonly lifetimes: { readonly idTokenSeconds: number; readonly accessTokenSeconds: number };
  readonly acrPolicy: readonly AcrRule[];
  readonly ticketLifetimeSeconds: number;
  readonly rotation: RotationPolicy;
};
