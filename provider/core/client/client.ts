import type { PublicJwk, SigningAlgorithm } from '../keys/jwk.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { GrantType } from '../token/grant-types.ts';

/** The assertion type of `private_key_jwt` (RFC 7523 §2.2). */
export const JWT_BEARER_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** How a client may authenticate (CIBA §7.1 uses the methods of the token endpoint). */
export const CLIENT_AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

/** One of {@link CLIENT_AUTHENTICATION_METHODS}. */
export type ClientAuthenticationMethod = (typeof CLIENT_AUTHENTICATION_METHODS)[number];

/** How a client proves who it is. */
export type ClientCredential =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secretHash: string }
  | {
      readonly method: 'private_key_jwt';
      /** Algorithms the client's assertions may use. */
      readonly algorithms: readonly SigningAlgorithm[];
      readonly keys: readonly PublicJwk[];
    };

/** How a client learns of the end (CIBA §5). `ping` clients are told when to come; `push` is not offered. */
export const DELIVERY_MODES = ['poll', 'ping'] as const;

/** One of {@link DELIVERY_MODES}. */
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** A registered client: a confidential backend that may ask users (CIBA §4). */
export type Client = {
  readonly clientId: string;
  /** Shown on the phone: who asks. */
  readonly name: string;
  readonly credential: ClientCredential;
  /** A client without one may not ask for tokens. */
  readonly grantTypes: readonly GrantType[];
  readonly deliveryMode: DeliveryMode;
  /** Where a `ping` client is notified: an https URL (CIBA §4). Undefined for `poll`. */
  readonly notificationEndpoint?: string | undefined;
  /** Scopes the client may have. `openid` always. */
  readonly scopes: readonly string[];
  readonly scopeDescriptions: Readonly<Record<string, string>>;
  readonly audiences: readonly string[];
  readonly defaultAudience?: string | undefined;
  readonly idTokenAlgorithm: SigningAlgorithm;
  readonly accessTokenAlgorithm: SigningAlgorithm;
  /** Most authentication requests a minute over all users; absent means no limit of its own. */
  readonly requestsPerMinute?: number | undefined;
  /** The one user this client may name; all others are unknown to it. Absent means any user. */
  readonly onlySub?: string | undefined;
};

/** A client id: at most 64 characters that need no escape in a key or a path; a dot alone would be a path of its own. */
const clientIdPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/** Whether a string can be a client id of this provider. */
export function isClientId(value: string): boolean {
  return clientIdPattern.test(value);
}

/** A client must be registered for the grant it uses (RFC 6749 §5.2, CIBA §4); otherwise `unauthorized_client`. */
export function checkGrantAllowed(client: Client, grantType: GrantType): Result<Client> {
  return client.grantTypes.includes(grantType) ? ok(client) : refuse({ reason: 'grant_not_allowed' });
}
