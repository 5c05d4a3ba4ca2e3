import type { NotificationReason } from '../../provider/core/notifying/notification-decision.ts';
import { refusalReasons } from '../../provider/core/refusal.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { nearestName } from '../command-line/nearest-name.ts';
import { quoted } from '../command-line/text-layout.ts';
import { CALL_OUTCOMES } from '../function-logs/log-entry.ts';

const NOTIFICATION_REASONS = {
  unknown_request: true,
  never_decided: true,
  redeemed_already: true,
  request_over: true,
  request_failed: true,
  request_withdrawn: true,
  notified: true,
  not_decided_yet: true,
  not_stored_yet: true,
  client_not_notified: true,
  client_replaced: true,
  notified_already: true,
  being_notified: true,
  decided_already: true,
  expiry_watched: true,
  endpoint_unreachable: true,
  notification_given_up: true,
  nobody_asked: true,
  nobody_to_remind: true,
  reminded: true,
  reminded_already: true,
  reminder_waits: true,
  reminders_off: true,
} satisfies Readonly<Record<NotificationReason, true>>;
/** The error codes of the endpoints that are not the name of a reason, too. */
const ERRORS = [
  'access_denied',
  'already_decided',
  'authorization_pending',
  'details_mismatch',
  'expired',
  'expired_login_hint_token',
  'expired_token',
  'insufficient_user_authentication',
  'invalid_authorization_details',
  'invalid_binding_message',
  'invalid_client',
  'invalid_client_metadata',
  'invalid_device',
  'invalid_grant',
  'invalid_number',
  'invalid_push_token',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'invalid_ticket',
  'invalid_user_code',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
  'unauthorized_client',
  'unknown_user_id',
  'unsupported_response_type',
  'unsupported_grant_type',
  'withdrawn',
];
/** How a call can end: in general, by its error, or by the reason in its line. */
export const OUTCOME_WORDS: readonly string[] = [
  ...new Set([
    ...CALL_OUTCOMES,
    ...ERRORS,
    'push_credential_not_applied',
    'approval_withdrawn',
    'phones_not_told',
    ...refusalReasons(),
    ...Object.keys(NOTIFICATION_REASONS),
  ]),
];

/** Throws if no line can have this word, and suggests the nearest. */
export function checkOutcomeWord(word: string): void {
  if (OUTCOME_WORDS.includes(word)) return;
  const nearest = nearestName(word, OUTCOME_WORDS);
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new WrongUsage(
    `--outcome must be ok, pending, refused or failed, or an error or reason such as access_denied, not ${quoted(word)}${meant}`,
  );
}
