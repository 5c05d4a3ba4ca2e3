const ENDPOINT_LIMIT = 1024;

/** The syntax of bearer tokens (RFC 6750 §2.1). */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

const TOKEN_LIMIT = 1024;

/**
 * A URL up to the end of its host, in the only spelling that shows clearly which host is called: no user, no backslash.
 */
const HTTPS_HOST = /^https:\/\/[^/?#@\\]+(?:[/?]|$)/;

/**
 * Returns whether a URL can be a client's notification endpoint (CIBA §4): https, printable ASCII, at most 1024
 * characters, without user, password and fragment.
 */
export function isNotificationEndpoint(value: string | undefined): value is string {
  if (value === undefined || value.length > ENDPOINT_LIMIT || !/^[\x21-\x7E]+$/.test(value)) return false;
  return HTTPS_HOST.test(value) && !value.includes('#') && URL.canParse(value);
}

/**
 * Returns whether a value can be a `client_notification_token` (CIBA §7.1): the syntax of a bearer token, at most 1024
 * characters.
 */
export function isNotificationToken(value: string): boolean {
  return value.length <= TOKEN_LIMIT && BEARER_TOKEN.test(value);
}
