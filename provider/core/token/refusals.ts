import { invalidGrant, invalidRequest, retryAfter, type Wordings, wording } from '../refusal-wording.ts';
import { GRANT_TYPES } from './grant-types.ts';

/** The reasons why no tokens are issued (CIBA §11, RFC 6749 §5.2). */
export type TokenRefusal =
  | { reason: 'grant_not_allowed' }
  | { reason: 'tokens_are_pushed' }
  | { reason: 'unsupported_grant_type' }
  | { reason: 'unknown_auth_req_id' }
  | { reason: 'foreign_auth_req_id' }
  | { reason: 'already_redeemed' }
  | { reason: 'lost_redemption_race' }
  | { reason: 'denied_by_user' }
  | { reason: 'client_reported' }
  | { reason: 'request_failed' }
  | { reason: 'withdrawn_by_client' }
  | { reason: 'wrong_numbers' }
  | { reason: 'approval_taken_back'; because: TakenBack }
  | { reason: 'request_expired' }
  | { reason: 'approval_not_redeemed_in_time' }
  | { reason: 'polled_too_fast'; intervalSeconds: number }
  | { reason: 'slow_down_ignored' }
  | { reason: 'authorization_pending' };

/** Why an approval is worth no tokens any more. On the wire all reasons share one wording. */
export type TakenBack =
  | 'user_removed'
  | 'user_replaced'
  | 'user_blocked'
  | 'client_reported'
  | 'device_removed'
  | 'client_removed'
  | 'client_replaced'
  | 'grant_type_removed'
  | 'user_not_for_client'
  | 'audience_removed'
  | 'scopes_removed';

const denied = wording(400, 'access_denied', 'The end-user denied the authorization request.');
const expired = wording(400, 'expired_token', 'auth_req_id has expired; start again.');

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const tokenWording: Wordings<TokenRefusal> = {
  grant_not_allowed: () => wording(400, 'unauthorized_client', 'The client is not registered for this grant.'),
  tokens_are_pushed: () =>
    wording(400, 'unauthorized_client', 'The client is registered for push: tokens go to its notification endpoint.'),
  unsupported_grant_type: () =>
    wording(400, 'unsupported_grant_type', `grant_type must be ${GRANT_TYPES.join(' or ')}.`),
  unknown_auth_req_id: () => invalidGrant('auth_req_id is unknown or not for this client.'),
  foreign_auth_req_id: () => invalidGrant('auth_req_id is unknown or not for this client.'),
  already_redeemed: () => invalidGrant('auth_req_id was redeemed already.'),
  lost_redemption_race: () => invalidGrant('auth_req_id was redeemed already.'),
  denied_by_user: () => denied,
  // The client must not learn that it was reported.
  client_reported: () => denied,
  request_failed: () =>
    wording(400, 'access_denied', 'The authorization request could not be delivered to the end-user.'),
  withdrawn_by_client: () => wording(400, 'access_denied', 'The client withdrew the authorization request.'),
  wrong_numbers: () => wording(400, 'access_denied', 'A wrong number was entered too often.'),
  approval_taken_back: ({ because }) =>
    wording(400, 'access_denied', 'The authorization was taken back before it was redeemed.', { detail: because }),
  request_expired: () => expired,
  approval_not_redeemed_in_time: () => expired,
  polled_too_fast: ({ intervalSeconds: interval }) =>
    wording(400, 'slow_down', `You are polling faster than allowed. Wait ${interval} seconds between polls.`, {
      ...retryAfter(interval),
      members: { interval },
    }),
  slow_down_ignored: () =>
    invalidRequest('You kept polling faster than allowed. Make no more token requests for this auth_req_id.'),
  authorization_pending: () => wording(400, 'authorization_pending', 'The end-user authorization is pending.'),
};
