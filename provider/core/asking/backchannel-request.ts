import type { DeliveryMode } from '../client/client.ts';
import { checkNoRepeats, type FormParameters, readParameters, single } from '../form.ts';
import type { IssuerNames } from '../issuer.ts';
import { isNotificationToken } from '../notifying/notification-endpoint.ts';
import { normalUserCode } from '../person/user-code.ts';
import { ok, type Result, refuse } from '../result.ts';
import { parseAcrValues } from './acr-values.ts';
import { type BindingMessages, checkBindingMessage } from './binding-message.ts';
import { parseRequestedExpiry } from './expiry.ts';
import type { SentHint } from './hint.ts';
import { parseLoginHint } from './login-hint.ts';
import { parseScope } from './scope.ts';

/** The parameters of the backchannel authentication endpoint, read but not yet granted (CIBA §7.1). */
export type BackchannelRequest = {
  readonly scopes: readonly string[];
  readonly hint: SentHint;
  readonly bindingMessage: string | undefined;
  /** The code with which the user may be asked, in normal form. Undefined if the client is not registered for codes. */
  readonly userCode: string | undefined;
  readonly expiresInSeconds: number;
  /** The token with which a `ping` or `push` client wants to be notified. Undefined for others, whatever they sent. */
  readonly notificationToken: string | undefined;
  readonly audience: string | undefined;
  readonly resources: readonly string[];
  /** The authentication context classes that the client prefers, in its order. Empty if it sent none. */
  readonly acrValues: readonly string[];
};

/** The provider's settings for requests, and how the client is registered. */
export type RequestPolicy = {
  readonly deliveryMode: DeliveryMode;
  /** Whether `scope` must contain `openid`. False for a client that may use plain OAuth. */
  readonly requiresOpenid: boolean;
  /** Whether the client is registered with `backchannel_user_code_parameter`. */
  readonly sendsUserCodes: boolean;
  readonly names: IssuerNames;
  readonly expiry: { readonly default: number; readonly limit: number };
  readonly bindingMessagePattern?: RegExp | undefined;
  /** `strict` refuses messages that may deceive although each of their characters may be shown. */
  readonly bindingMessages?: BindingMessages | undefined;
};

type Reader<Value> = (form: FormParameters, policy: RequestPolicy) => Result<Value>;

/** One reader for each parameter, in the order in which they are checked (CIBA §7.2). */
const readers: { readonly [Member in keyof BackchannelRequest]-?: Reader<BackchannelRequest[Member]> } = {
  scopes: (form, policy) => parseScope(single(form, 'scope'), policy),
  hint: readHint,
  bindingMessage: readBindingMessage,
  userCode: readUserCode,
  expiresInSeconds: (form, { expiry }) => parseRequestedExpiry(single(form, 'requested_expiry'), expiry),
  notificationToken: readNotificationToken,
  audience: (form) => ok(single(form, 'audience')),
  resources: (form) => ok(form.get('resource') ?? []),
  acrValues: (form) => parseAcrValues(single(form, 'acr_values')),
};

const HINTS = ['login_hint', 'login_hint_token', 'id_token_hint'] as const;

/**
 * Reads all parameters, those of a form or the claims of a signed request. Unknown ones are ignored. Call it after the
 * client is authenticated.
 */
export function parseBackchannelRequest(form: FormParameters, policy: RequestPolicy): Result<BackchannelRequest> {
  const repeats = checkNoRepeats(form, ['resource']);
  if (!repeats.ok) return repeats;
  if (form.has('authorization_details')) return refuse({ reason: 'authorization_details_not_supported' });
  return readParameters(readers, form, policy);
}

/** Reads the one hint that a request must have (CIBA §7.1). The two that are tokens are verified later. */
function readHint(form: FormParameters, { names }: RequestPolicy): Result<SentHint> {
  const given = HINTS.filter((name) => form.has(name));
  if (given.length > 1) return refuse({ reason: 'several_hints' });
  const [name] = given;
  if (name === undefined) return refuse({ reason: 'no_hint' });
  const value = single(form, name) ?? '';
  return name === 'login_hint' ? parseLoginHint(value, names) : ok({ kind: name, token: value });
}

function readBindingMessage(
  form: FormParameters,
  { bindingMessagePattern: narrowerSet, bindingMessages }: RequestPolicy,
): Result<string | undefined> {
  const message = single(form, 'binding_message');
  if (message === undefined) return ok(undefined);
  return checkBindingMessage(message, { narrowerSet, strict: bindingMessages === 'strict' });
}

/**
 * Reads the user code (CIBA §7.1). For clients that are not registered for it, it is ignored like any unknown
 * parameter. A code that nobody can have is refused for everybody, before a user is looked up.
 */
function readUserCode(form: FormParameters, { sendsUserCodes }: RequestPolicy): Result<string | undefined> {
  const sent = sendsUserCodes ? single(form, 'user_code') : undefined;
  if (sent === undefined) return ok(undefined);
  const code = normalUserCode(sent);
  return code === undefined ? refuse({ reason: 'malformed_user_code' }) : ok(code);
}

/**
 * Reads the token that clients in ping and push mode must send (CIBA §7.1). For other clients it is ignored like any
 * unknown parameter.
 */
function readNotificationToken(form: FormParameters, { deliveryMode }: RequestPolicy): Result<string | undefined> {
  if (deliveryMode === 'poll') return ok(undefined);
  const name = 'client_notification_token';
  const token = single(form, name);
  if (token === undefined) return refuse({ reason: 'missing_parameter', name });
  return isNotificationToken(token)
    ? ok(token)
    : refuse({ reason: 'invalid_parameter', name, expected: 'a bearer token of at most 1024 characters' });
}
