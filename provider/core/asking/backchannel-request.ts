import type { DeliveryMode } from '../client/client.ts';
import { parseRequestedExpiry } from '../deciding/lifetime.ts';
import { checkNoRepeats, type FormParameters, single } from '../form.ts';
import type { IssuerNames } from '../issuer.ts';
import { isNotificationToken } from '../notifying/client-notification.ts';
import { ok, type Result, refuse } from '../result.ts';
import { checkBindingMessage } from './binding-message.ts';
import { type LoginHint, parseLoginHint } from './login-hint.ts';
import { parseScope } from './scope.ts';

/** What a client asks at the backchannel authentication endpoint, read but not yet granted (CIBA §7.1). */
export type BackchannelRequest = {
  readonly scopes: readonly string[];
  readonly hint: LoginHint;
  readonly bindingMessage: string | undefined;
  readonly expiresInSeconds: number;
  /** What a `ping` client wants to be addressed with; undefined for others, whatever they sent. */
  readonly notificationToken: string | undefined;
  readonly audience: string | undefined;
  readonly resources: readonly string[];
};

/** The provider's own settings for requests, and what is registered of the client. */
export type RequestPolicy = {
  readonly deliveryMode: DeliveryMode;
  readonly names: IssuerNames;
  readonly expiry: { readonly default: number; readonly limit: number };
  readonly bindingMessagePattern?: RegExp | undefined;
};

const HINTS = ['login_hint', 'login_hint_token', 'id_token_hint'] as const;

/** Reads all parameters in the order of CIBA §7.2; unknown ones are ignored. Call it after the client is authenticated. */
export function parseBackchannelRequest(form: FormParameters, policy: RequestPolicy): Result<BackchannelRequest> {
  const repeats = checkNoRepeats(form, ['resource']);
  if (!repeats.ok) return repeats;
  if (form.has('request') || form.has('request_uri')) return refuse({ reason: 'signed_request_not_supported' });
  if (form.has('authorization_details')) return refuse({ reason: 'authorization_details_not_supported' });
  const scope = single(form, 'scope');
  if (scope === undefined) return refuse({ reason: 'openid_scope_missing' });
  const scopes = parseScope(scope);
  if (!scopes.ok) return scopes;
  const hint = parseHint(form, policy.names);
  if (!hint.ok) return hint;
  const message = single(form, 'binding_message');
  const bindingMessage =
    message === undefined ? ok(undefined) : checkBindingMessage(message, policy.bindingMessagePattern);
  if (!bindingMessage.ok) return bindingMessage;
  const expiry = parseRequestedExpiry(single(form, 'requested_expiry'), policy.expiry);
  if (!expiry.ok) return expiry;
  const notificationToken = parseNotificationToken(form, policy.deliveryMode);
  if (!notificationToken.ok) return notificationToken;
  return ok({
    scopes: scopes.value,
    hint: hint.value,
    bindingMessage: bindingMessage.value,
    expiresInSeconds: expiry.value,
    notificationToken: notificationToken.value,
    audience: single(form, 'audience'),
    resources: form.get('resource') ?? [],
  });
}

/** Required of clients that are notified (CIBA §7.1); of others it is a parameter like any unknown one. */
function parseNotificationToken(form: FormParameters, deliveryMode: DeliveryMode): Result<string | undefined> {
  if (deliveryMode === 'poll') return ok(undefined);
  const name = 'client_notification_token';
  const token = single(form, name);
  if (token === undefined) return refuse({ reason: 'missing_parameter', name });
  return isNotificationToken(token)
    ? ok(token)
    : refuse({ reason: 'invalid_parameter', name, expected: 'a bearer token of at most 1024 characters' });
}

/** Exactly one hint (CIBA §7.1). Only `login_hint` is supported. */
function parseHint(form: FormParameters, names: IssuerNames): Result<LoginHint> {
  const given = HINTS.filter((name) => form.has(name));
  if (given.length > 1) return refuse({ reason: 'several_hints' });
  const [name] = given;
  if (name === undefined) return refuse({ reason: 'no_hint' });
  if (name !== 'login_hint') return refuse({ reason: 'hint_not_supported', name });
  return parseLoginHint(single(form, name) ?? '', names);
}
