import type { HintIssuer } from '../asking/hint-issuer.ts';
import type { NumberMatching } from '../deciding/number-matching.ts';
import type { PublicJwk, SigningAlgorithm } from '../keys/jwk.ts';
import { ok, type Result, refuse } from '../result.ts';
import { CIBA_GRANT, type GrantType } from '../token/grant-types.ts';

/** The assertion type of `private_key_jwt` (RFC 7523 §2.2). */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * The methods by which a client may authenticate, the most secure one first, which is the default. Discovery lists them
 * in this order. CIBA uses the methods of the token endpoint (CIBA §7.1).
 */
export const CLIENT_AUTHENTICATION_METHODS = ['private_key_jwt', 'client_secret_basic', 'client_secret_post'] as const;

/** One of {@link CLIENT_AUTHENTICATION_METHODS}. */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number];

/** A replaced secret. It works until `expiresAt`, and was replaced at `replacedAt`, both in epoch seconds. */
export type OldSecret = {
  readonly hash: string;
  readonly expiresAt: number;
  readonly replacedAt: number;
  /** The end that it had before it was replaced. It never works longer. Absent if it had none. */
  readonly ownEnd?: number | undefined;
};

/** The secrets of a client as SHA-256: its secret, and for a while the old one beside it. */
export type ClientSecrets = {
  readonly secretHash: string;
  /** When the secret ends, in epoch seconds. Absent if it has no end. */
  readonly secretExpiresAt?: number | undefined;
  /** The secret before this one. Absent if there is none any more. */
  readonly oldSecret?: OldSecret | undefined;
};

/** The public keys of a client: in its registration (`jwks`), or at a URL (`jwks_uri`, RFC 7591 §2). */
export type ClientKeys = {
  /** Empty if they are at a URL. */
  readonly keys: readonly PublicJwk[];
  /** Where the client publishes them, and replaces them by itself. Absent if they are registered. */
  readonly jwksUri?: string | undefined;
};

/** How a client proves who it is. A client with a secret has keys too if it signs its requests. */
export type ClientCredential =
  | (ClientSecrets & Partial<ClientKeys> & { readonly method: 'client_secret_basic' | 'client_secret_post' })
  | (ClientKeys & {
      readonly method: 'private_key_jwt';
      /** The algorithms that the client's assertions may use. */
      readonly algorithms: readonly SigningAlgorithm[];
    });

/**
 * How a client learns that a request has ended (CIBA §5). A `ping` client is notified when it should fetch its tokens.
 * A `push` client gets the tokens themselves, and never calls the token endpoint.
 */
export const DELIVERY_MODES = ['poll', 'ping', 'push'] as const;

/** One of {@link DELIVERY_MODES}. */
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** A registered client: a confidential backend that may ask users (CIBA §4). */
export type Client = {
  readonly clientId: string;
  /**
   * A random id, made when the client is created and kept by every change. The `client_id` of a removed client may be
   * given to another one; a registration id never is. So whatever belongs to a client carries it too.
   */
  readonly registrationId: string;
  /** Shown on the phone as the one who asks. */
  readonly name: string;
  readonly credential: ClientCredential;
  /**
   * True if a secret is taken only in the way of the registered method. Absent means that it may stand in the
   * `Authorization` header or in the body.
   */
  readonly strictMethod?: boolean | undefined;
  /** The grant types that the client may use. Without any, it may not ask for tokens. */
  readonly grantTypes: readonly GrantType[];
  readonly deliveryMode: DeliveryMode;
  /** Where a `ping` or `push` client is notified: an https URL (CIBA §4). Undefined for `poll`. */
  readonly notificationEndpoint?: string | undefined;
  /**
   * Whether the client sends user codes (CIBA §4). Absent means that it does not. It cannot ask a person who has one
   * then.
   */
  readonly sendsUserCodes?: boolean | undefined;
  /** The algorithm of its signed requests (CIBA §4). Absent means that it signs none. */
  readonly requestAlgorithm?: SigningAlgorithm | undefined;
  /** True if its requests must be signed (RFC 9101 §10.5). */
  readonly requiresSignedRequests?: boolean | undefined;
  /** The scopes that the client may have. It may always have `openid`. */
  readonly scopes: readonly string[];
  readonly scopeDescriptions: Readonly<Record<string, string>>;
  readonly audiences: readonly string[];
  readonly defaultAudience?: string | undefined;
  /** Those of the audiences whose access tokens say `JWT` as their type. Absent means none: all say `at+jwt`. */
  readonly jwtTypAudiences?: readonly string[] | undefined;
  readonly idTokenAlgorithm: SigningAlgorithm;
  readonly accessTokenAlgorithm: SigningAlgorithm;
  /**
   * The most authentication requests a minute over all users. Absent means the limit that the settings give every
   * client.
   */
  readonly requestsPerMinute?: number | undefined;
  /** For how many days each of its secrets works. Absent means as long as the settings say, or without end. */
  readonly secretDays?: number | undefined;
  /**
   * Whether its requests must contain the scope `openid` (CIBA §7.1). False makes it a client of plain OAuth, which may
   * ask for an access token alone. Absent means true.
   */
  readonly requiresOpenid?: boolean | undefined;
  /** Who may sign a `login_hint_token` for this client. Absent means only whom the settings trust. */
  readonly hintIssuers?: readonly HintIssuer[] | undefined;
  /** Who has to enter a number that the other one shows. Absent means that there is none. */
  readonly numberMatching?: NumberMatching | undefined;
  /** The only user that this client may name. All others are unknown to it. Absent means any user. */
  readonly onlySub?: string | undefined;
  /**
   * True for the client of the synthetic login, which only its set-up makes. Its requests and tokens count as those of
   * no person. No registration can set this.
   */
  readonly isSynthetic?: true | undefined;
  /** How many writes the stored client had when it was read. Absent if the client was not read from storage. */
  readonly revision?: number | undefined;
};

/** The client to whom something belongs: the id, and the registration that had it at the time. */
export type Registration = Pick<Client, 'clientId' | 'registrationId'>;

/** Returns whether two clients are the same one, and not only of the same id. */
export function isSameRegistration(one: Registration, other: Registration): boolean {
  return one.clientId === other.clientId && one.registrationId === other.registrationId;
}

/**
 * A client id: at most 64 characters, none of which needs an escape in a key or a path. `.` and `..` alone are
 * excluded, because they have a meaning in paths.
 */
const clientIdPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/** Returns whether a string can be a client id of this provider. */
export function isClientId(value: string): boolean {
  return clientIdPattern.test(value);
}

/**
 * Returns whether a client may authenticate by a method: the registered one. A secret may also come in the other way,
 * unless the client is strict. Whoever has a secret may use the `Authorization` header (RFC 6749 §2.3.1). A key is
 * never replaced by a secret, nor a secret by a key.
 */
export function mayAuthenticateBy(
  { credential: { method: registered }, strictMethod }: Pick<Client, 'credential' | 'strictMethod'>,
  method: ClientAuthenticationMethod,
): boolean {
  if (method === registered) return true;
  return !strictMethod && method !== 'private_key_jwt' && registered !== 'private_key_jwt';
}

/**
 * Returns whether a client may get tokens by a grant type. A client in push mode needs no CIBA grant, because it never
 * calls the token endpoint (CIBA §4).
 */
export function mayUseGrant({ grantTypes, deliveryMode }: Client, grantType: GrantType): boolean {
  return grantTypes.includes(grantType) || (grantType === CIBA_GRANT && deliveryMode === 'push');
}

/**
 * Checks that a client may ask users: it may get tokens by CIBA, in a mode that the profile allows (CIBA §4). Otherwise
 * it is `unauthorized_client`.
 */
export function checkMayAsk(
  client: Client,
  { deliveryModes }: { deliveryModes: readonly DeliveryMode[] },
): Result<Client> {
  const mayAsk = mayUseGrant(client, CIBA_GRANT) && deliveryModes.includes(client.deliveryMode);
  return mayAsk ? ok(client) : refuse({ reason: 'grant_not_allowed' });
}

/**
 * Checks that a client may use a grant type at the token endpoint (RFC 6749 §5.2, CIBA §4). The tokens of a client in
 * push mode are pushed, and never fetched (CIBA §11). Otherwise it is `unauthorized_client`.
 */
export function checkGrantAllowed(client: Client, grantType: GrantType): Result<Client> {
  if (grantType === CIBA_GRANT && client.deliveryMode === 'push') return refuse({ reason: 'tokens_are_pushed' });
  return client.grantTypes.includes(grantType) ? ok(client) : refuse({ reason: 'grant_not_allowed' });
}
