/** What an end means, what the client should do, and where that is documented. */
export type Advice = { readonly means: string; readonly next: string; readonly page: string };

/** An answer that is no success. */
export type ErrorAnswer = {
  readonly error: string;
  readonly description?: string | undefined;
  readonly status: number;
  readonly retryAfterSeconds?: number | undefined;
};

const CLIENTS = 'README.md#from-a-client-backend';
const REGISTRATION = 'docs/admin-api.md#clients';
const USER_CODE = 'docs/admin-api.md#put-adminuserssubuser-code';

/** The errors of both endpoints. */
const ADVICE: Readonly<Record<string, Advice>> = {
  invalid_client: {
    means: 'The provider does not know this client, or its secret or key is not the registered one.',
    next: 'Check --client, and that the secret or key is the newest one. A client that is registered for private_key_jwt needs --key-file.',
    page: REGISTRATION,
  },
  unauthorized_client: {
    means: 'This client may not do this.',
    next: 'Register the client for CIBA and for this way of delivery: ciba client show tells what it has.',
    page: REGISTRATION,
  },
  invalid_request: {
    means: 'A parameter is missing, malformed or not supported. No phone rang.',
    next: 'Correct what the description names. The same request will be refused again.',
    page: CLIENTS,
  },
  invalid_scope: {
    means: 'The scope is missing, malformed, or nothing that the client may have. No phone rang.',
    next: 'Send scopes of the registration with single spaces between them, and openid among them.',
    page: CLIENTS,
  },
  invalid_target: {
    means: 'The client may not have tokens for this API. No phone rang.',
    next: 'Name an API of the list audiences in the registration of the client, or leave --audience out.',
    page: REGISTRATION,
  },
  invalid_authorization_details: {
    means: 'The provider does not support authorization_details. No phone rang.',
    next: 'Leave authorization_details out, and say in the binding message what is asked.',
    page: CLIENTS,
  },
  invalid_binding_message: {
    means: 'The phone would not show this binding message as it is. No phone rang.',
    next: 'Send up to 64 letters, digits, punctuation marks, currency signs and spaces.',
    page: CLIENTS,
  },
  unknown_user_id: {
    means: 'No user of this provider has this name. No phone rang.',
    next: 'Offer another way to log in. Do not repeat the request with guessed names: that is limited.',
    page: CLIENTS,
  },
  expired_login_hint_token: {
    means: 'The token that names the user has expired. No phone rang.',
    next: 'Get a new one from its issuer, and ask again.',
    page: 'docs/hints.md#login_hint_token',
  },
  missing_user_code: {
    means: 'This user is asked with their user code alone. No phone rang.',
    next: 'Ask the user for the code, and send it: --user-code -. The client must be registered with backchannel_user_code_parameter.',
    page: USER_CODE,
  },
  invalid_user_code: {
    means: 'The user code is wrong. No phone rang.',
    next: 'Let the user type it again. After ten wrong codes in a day this client is refused for this user.',
    page: USER_CODE,
  },
  invalid_number: {
    means: 'The number is not the one that the phone shows, or the phone shows none yet.',
    next: 'Let the user read the number again after the approval. The third wrong number ends the request.',
    page: 'docs/number-matching.md#the-client-enters-the-number',
  },
  unsupported_grant_type: {
    means: 'The provider does not know this grant type.',
    next: 'Send urn:openid:params:grant-type:ciba.',
    page: CLIENTS,
  },
  invalid_grant: {
    means: 'The request is unknown, belongs to another client, or its tokens were given out before.',
    next: 'Ask again. Tokens are given out once, so keep them when they come.',
    page: CLIENTS,
  },
  expired_token: {
    means: 'Nobody answered in time.',
    next: 'Tell the user that the request has ended, and let them start again. Do not ask again by yourself.',
    page: CLIENTS,
  },
  transaction_failed: {
    means: 'The user approved, but no tokens could be made or delivered.',
    next: 'Ask again. Tell the user that it is a second request.',
    page: 'docs/push-mode.md#receive',
  },
  temporarily_unavailable: {
    means: 'The provider could not reach the phone just now.',
    next: 'Ask again after the seconds of Retry-After.',
    page: CLIENTS,
  },
  server_error: {
    means: 'The provider has a fault or an outage.',
    next: 'Ask again in a moment. Operators find the call by the id in the description.',
    page: 'docs/operations.md#find-out-what-happened',
  },
};

const DENIED: Advice = {
  means: 'The user said no on the phone, or the approval was taken back before the tokens were fetched.',
  next: 'Stop. The client may not ask this user again for a while, and longer after each further denial.',
  page: 'docs/tutorial.md#7-say-no',
};
const LEFT_IN_PEACE: Advice = {
  means: 'A limit protects the user, so the provider asked nobody. The description says which limit.',
  next: 'Wait as long as Retry-After says before you ask this user again.',
  page: CLIENTS,
};
const NO_PHONE: Advice = {
  means: 'The user has no phone that a push can reach.',
  next: 'Let the user enrol a phone: ciba phone on this machine, or ciba ticket create for a real one.',
  page: 'docs/device-api.md#enrol',
};
const NO_NOTIFICATION_TOKEN: Advice = {
  means: 'This client gets its answers at its notification endpoint and sent no token for that.',
  next: 'Give --notification-token.',
  page: 'docs/local.md#a-client-in-ping-mode',
};
const PUSHED: Advice = {
  means: 'This client is registered for push: the tokens come to its notification endpoint, and it may not poll.',
  next: 'Ask again with --listen PORT, where PORT is that of the registered endpoint.',
  page: 'docs/push-mode.md#receive',
};
const TOO_MANY_CALLS: Advice = {
  means: 'Calls come too fast, so the gateway refused this one.',
  next: 'Ask again with a growing pause.',
  page: 'docs/operations.md#quotas',
};
/** For an error code of a later version. */
const OTHER: Advice = {
  means: 'The provider refused the call.',
  next: 'Read the description. The same request will probably be refused again.',
  page: CLIENTS,
};

/** Returns what an error means, by its code, and where one code has several meanings also by status and description. */
export function adviceFor({ error, description = '', status }: ErrorAnswer): Advice {
  if (error === 'access_denied') return status === 403 ? LEFT_IN_PEACE : DENIED;
  if (error === 'invalid_request' && description.startsWith('No eligible notification channels')) return NO_PHONE;
  if (error === 'invalid_request' && description.includes('client_notification_token')) return NO_NOTIFICATION_TOKEN;
  if (error === 'unauthorized_client' && description.includes('registered for push')) return PUSHED;
  if (status === 429) return TOO_MANY_CALLS;
  return ADVICE[error] ?? (status >= 500 ? (ADVICE['server_error'] ?? OTHER) : OTHER);
}
