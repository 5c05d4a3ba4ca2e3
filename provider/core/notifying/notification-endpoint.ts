import { ok, type Result, refuse } from '../result.ts';

const ENDPOINT_LIMIT = 1024;

/** What {@link isCallableUrl} accepts, in words. */
export const HTTPS_URL = 'an https URL of at most 1024 characters, without user, password or fragment';

/** The syntax of bearer tokens (RFC 6750 §2.1). */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

const TOKEN_LIMIT = 1024;

/**
 * A URL up to the end of its host, in the only spelling that shows clearly which host is called: no user, no backslash.
 */
const HTTPS_HOST = /^https:\/\/[^/?#@\\]+(?:[/?]|$)/;

/**
 * Returns whether a URL can be called for a client, as its notification endpoint (CIBA §4) or its `jwks_uri`: https,
 * printable ASCII, at most 1024 characters, without user, password and fragment.
 */
export function isCallableUrl(value: string | undefined): value is string {
  if (value === undefined || value.length > ENDPOINT_LIMIT || !/^[\x21-\x7E]+$/.test(value)) return false;
  return HTTPS_HOST.test(value) && !value.includes('#') && URL.canParse(value);
}

/** The ports at which clients may be called, besides 443; `any` is for clients on the developer's machine. */
export type NotificationPorts = readonly number[] | 'any';

/** The port of https. */
const HTTPS_PORT = 443;

/** The members of a registration that are URLs of the client which the provider calls. */
export const CALLED_URLS = ['backchannel_client_notification_endpoint', 'jwks_uri'] as const;

/**
 * Checks that a URL of a client may be called, so that a wrong one is refused at its registration and not first when a
 * user has decided. `isForbidden` says that its host is an IP address which is not public. What a name resolves to is
 * checked at each call.
 */
export function checkCallable(
  [member, url]: readonly [member: (typeof CALLED_URLS)[number] | 'login_hint_token_issuers', url: string],
  { ports = [], isForbidden }: { ports?: NotificationPorts | undefined; isForbidden: boolean },
): Result<true> {
  const wrong = (expected: string) => refuse({ reason: 'invalid_client_metadata', member, expected });
  const port = Number(new URL(url).port || HTTPS_PORT);
  if (isForbidden) return wrong('a URL whose host is no IP address or a public one');
  return port === HTTPS_PORT || ports === 'any' || ports.includes(port)
    ? ok(true)
    : wrong(`at port ${[HTTPS_PORT, ...ports].join(' or ')}`);
}

/**
 * Returns whether a value can be a `client_notification_token` (CIBA §7.1): the syntax of a bearer token, at most 1024
 * characters.
 */
export function isNotificationToken(value: string): boolean {
  return value.length <= TOKEN_LIMIT && BEARER_TOKEN.test(value);
}
