import type { LoginIdentifier } from '../core/asking/login-hint.ts';
import type { WindowLimits } from '../core/asking/rate-window.ts';
import type { Client, PublicJwk, SigningAlgorithm } from '../core/client/client.ts';
import type { AcrRule } from '../core/deciding/acr.ts';
import type { AuthenticationRequest, Decision, RequestFacts } from '../core/deciding/authentication-request.ts';
import type { FrozenDetails } from '../core/deciding/shown-details.ts';
import type { Device, Platform } from '../core/device/device.ts';
import type { PushErrorKind } from '../core/device/push-error.ts';
import type { IssuerNames } from '../core/issuer.ts';
import type { RotationPolicy, SigningKey } from '../core/keys/signing-key.ts';
import type { AuditEvent } from '../core/operating/audit-event.ts';
import type { User, UserWithDevices } from '../core/person/user.ts';
import type { TokenClaims } from '../core/token/tokens.ts';
import type { NotificationAddress } from './notifying/ports.ts';

// Ports are use cases in domain words. Instants are epoch seconds. An outage is thrown, never answered as "not found".

/** Epoch seconds now. */
export type Clock = () => number;

/** Fields that may stand in a log line: the allow-list. Nothing else is ever logged of a request. */
export type Noted = Partial<{
  client_id: string;
  txn: string;
  device_id: string;
  reason: string;
  detail: string;
  devices: number;
  accepted: number;
  push_errors: string;
  push_error: PushErrorKind;
  push_ids: string;
  decision: string;
  interval: number;
  approval_seconds: number;
  notification_status: number;
}>;
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

/** Registered clients, read. */
export interface Clients {
  /** The client, or undefined when none has this id. May be up to 60 s old. */
  find(clientId: string): Promise<Client | undefined>;
}

/** Single-use identifiers (`jti`). */
export interface Replays {
  /** Remembers the `jti` until it expires. False when it was seen before. */
  recordFirstUse(jti: { issuer: string; id: string; expiresAt: number }): Promise<boolean>;
}

/** What a counted attempt comes to. */
export type Counted = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Limits against push fatigue. Counting and checking are one conditional write; a refused attempt stores nothing. */
export interface RateWindows {
  countForUser(sub: string, limits: WindowLimits, now: number): Promise<Counted>;
  countForClient(clientId: string, requestsPerMinute: number, now: number): Promise<Counted>;
}

/** Users and their devices, read. */
export interface Users {
  /** The subject behind a login identifier. */
  resolve(identifier: LoginIdentifier): Promise<string | undefined>;
  /** The user with all devices. A login identifier without a profile is an unknown user. */
  findWithDevices(sub: string): Promise<UserWithDevices | undefined>;
}

/** Authentication requests as clients use them. */
export interface AuthenticationRequests {
  /**
   * Stores a pending request, its frozen details and, where the client is to be notified, what that takes. Precondition:
   * `requestId` is fresh.
   */
  create(request: RequestFacts, details: FrozenDetails, notification?: NotificationAddress): Promise<void>;
  /** Pending to failed: nobody could be reached. */
  recordFailure(requestId: string): Promise<void>;
  /**
   * Records a poll that is in time: the client's own, pending, unexpired, not too fast; `recorded`. Otherwise nothing is
   * written and the request is told as it stands.
   */
  recordPoll(poll: { requestId: string; clientId: string; now: number }): Promise<PollOutcome>;
  /**
   * Records a poll that came too fast: the interval grows by 5 s, for good (CIBA §11). Tells the new interval, or the
   * request as it stands when it is no longer the client's pending one.
   */
  recordEarlyPoll(poll: { request: RequestFacts; now: number }): Promise<EarlyPollOutcome>;
  /** Approved to redeemed, once. Precondition: the tokens are already signed. False for everyone but the one winner. */
  claimApproved(claim: { request: RequestFacts; now: number }): Promise<boolean>;
}
/** A poll or decision was recorded, or the request as it stands. */
export type PollOutcome =
  | { readonly recorded: true }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };
/** The new interval, or the request as it stands. */
export type EarlyPollOutcome =
  | { readonly recorded: true; readonly intervalSeconds: number }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** A request in the phone's list. */
export type PendingRequest = { readonly requestId: string; readonly expiresAt: number };

/** What a device reads of one request: the frozen bytes and what a decision needs. */
export type StoredDetails = FrozenDetails & {
  readonly expiresAt: number;
  readonly scopes: readonly string[];
  /** The client that is to be notified of the decision; undefined when it polls. */
  readonly notifiedClient?: string | undefined;
};

/** Authentication requests as devices use them. */
export interface DecidableRequests {
  /** The user's requests that still wait for an answer. */
  listPending(sub: string, now: number): Promise<readonly PendingRequest[]>;
  /** The frozen details of the user's request; undefined when it is unknown or another user's. */
  findDetails(sub: string, requestId: string): Promise<StoredDetails | undefined>;
  /** Records the decision on the user's pending, unexpired request. Otherwise tells the request as it stands. */
  recordDecision(decision: { requestId: string; sub: string; decision: Decision; now: number }): Promise<PollOutcome>;
}

/** Enrolment tickets. */
export interface EnrolmentTickets {
  create(ticket: { hash: string; sub: string; expiresAt: number }): Promise<void>;
  /**
   * Uses the ticket for this key. The same key gets the same answer again, another key none: undefined when the ticket
   * is unknown, expired, or spent on another key.
   */
  claim(claim: {
    hash: string;
    keyThumbprint: string;
    deviceId: string;
    now: number;
  }): Promise<{ sub: string; deviceId: string; enrolled: boolean } | undefined>;
  /** The ticket's device is stored: from now on the ticket only repeats its answer, it never makes the device again. */
  recordEnrolled(hash: string): Promise<void>;
}

/** Devices, written. */
export interface Devices {
  /** Stores or replaces the device. */
  save(device: Device): Promise<void>;
  /** Changes name, endpoint or reachability. False when the device is gone. */
  update(change: {
    sub: string;
    deviceId: string;
    name?: string;
    platform?: Platform;
    endpointArn?: string;
    push?: Device['push'];
  }): Promise<boolean>;
  /** Marks a device that the push service gave up on. False when it was marked before or has a newer endpoint by now. */
  markUnreachable(device: { sub: string; deviceId: string; endpointArn: string }): Promise<boolean>;
  remove(device: { sub: string; deviceId: string }): Promise<void>;
}

/** The SNS endpoints behind devices: two accounts in one app share a push token and so an endpoint. */
export interface PushEndpoints {
  /** Makes sure the endpoint of this token exists, is enabled and is used by this device. `refused`: the token is not one of the platform's. */
  register(device: {
    sub: string;
    deviceId: string;
    platform: Platform;
    pushToken: string;
  }): Promise<{ endpointArn: string } | 'refused'>;
  /** The device no longer uses the endpoint; the last one takes it along. */
  release(device: { sub: string; deviceId: string; endpointArn: string }): Promise<void>;
}

/** What a phone is told by a push: ids and instants only, no name, message or amount. */
export type PushMessage =
  | { readonly type: 'authentication_request'; readonly requestId: string; readonly expiresAt: number }
  | { readonly type: 'device_enrolled'; readonly deviceId: string; readonly expiresAt: number };
/** What became of one push. `accepted` means queued by SNS, not delivered. */
export type PushOutcome = {
  readonly device: Device;
  readonly outcome: 'accepted' | 'unreachable' | 'outage';
  readonly error?: string | undefined;
  /** What SNS calls the push: its later news of it carry the same id. */
  readonly messageId?: string | undefined;
};
/** Rings phones. */
export interface PushSender {
  /** Publishes to all devices in parallel. Never throws: an outage is an outcome. The push lives no longer than `expiresAt`. */
  send(devices: readonly Device[], message: PushMessage, now: number): Promise<readonly PushOutcome[]>;
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

/** Our own signatures. */
export interface TokenSigner {
  /** Signs with the active key of the algorithm. `typ` is `at+jwt` for access tokens (RFC 9068 §2.1). */
  sign(claims: TokenClaims, as: { algorithm: SigningAlgorithm; type: 'JWT' | 'at+jwt' }): Promise<string>;
}

/** Signing keys, read: at most 5 minutes old. */
export interface PublishedSigningKeys {
  all(): Promise<readonly SigningKey[]>;
}
/** Signing keys, written: by one function alone. */
export interface SigningKeyStore {
  list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]>;
  /** False when another maker was first with this generation. */
  create(key: SigningKey): Promise<boolean>;
  activate(key: SigningKey, activeFrom: number): Promise<void>;
  retire(key: SigningKey, goneAt: number): Promise<void>;
  remove(key: SigningKey): Promise<void>;
}
/** Makes key pairs whose private half nobody sees. */
export interface KeyMaker {
  make(algorithm: SigningAlgorithm, kid: string): Promise<{ publicKey: PublicJwk; encryptedPrivateKey: Uint8Array }>;
}

/** Clients, users and their devices, as the operator manages them. */
export interface Directory {
  /** False when the client id is taken. */
  createClient(client: Client): Promise<boolean>;
  /** Replaces the client as it was read; false when it is gone or changed since. */
  replaceClient(client: Client, before: Client): Promise<boolean>;
  removeClient(clientId: string): Promise<boolean>;
  findClient(clientId: string): Promise<Client | undefined>;
  listClients(page: {
    after?: string | undefined;
    limit: number;
  }): Promise<{ clients: readonly Client[]; next?: string | undefined }>;
  /** Identifiers first, the profile last. Tells the identifier that another user has. */
  createUser(user: User): Promise<{ created: true } | { created: false; taken: string }>;
  /** Replaces the user as it was read; `changed` when it is gone or changed since. */
  replaceUser(user: User, before: User): Promise<{ created: true } | { created: false; taken: string }>;
  removeUser(user: UserWithDevices): Promise<void>;
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
