import { invalidRequest, type Wordings, wording } from '../refusal-wording.ts';

/** The reasons why a phone is not authenticated or not enrolled (docs/device-api.md). */
export type DeviceRefusal =
  | { reason: 'device_not_authenticated'; because: DeviceAuthenticationFailure }
  | { reason: 'device_token_claim'; claim: string; expected: string }
  | { reason: 'device_key_not_accepted'; expected: string }
  | { reason: 'enrolment_signature' }
  | { reason: 'verification_key_signature' }
  | { reason: 'verification_key_not_another' }
  | { reason: 'ticket_not_usable' }
  | { reason: 'push_token_refused' }
  | { reason: 'device_not_own' };

/** Why a device's signature was not accepted. On the wire they all share one wording. */
export type DeviceAuthenticationFailure =
  | 'no_credential'
  | 'malformed'
  | 'unknown_device'
  | 'user_blocked'
  | 'type'
  | 'algorithm'
  | 'signature'
  | 'replayed';

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const deviceWording: Wordings<DeviceRefusal> = {
  device_not_authenticated: ({ because }) =>
    wording(401, 'invalid_device', 'Device authentication failed.', { detail: because }),
  device_token_claim: ({ claim, expected }) => invalidRequest(`The claim ${claim} must be ${expected}.`, claim),
  device_key_not_accepted: ({ expected }) => invalidRequest(`The key must be ${expected}, without private members.`),
  enrolment_signature: () => invalidRequest('enrolment must be a ciba-enrolment+jwt signed by the key in its header.'),
  verification_key_signature: () =>
    invalidRequest('verification_key must be a ciba-verification-key+jwt signed by the key in its header.'),
  verification_key_not_another: () =>
    invalidRequest('verification_key must be signed by another key than the enrolment.'),
  ticket_not_usable: () =>
    wording(400, 'invalid_ticket', 'The ticket is unknown, expired or spent; ask for a new one.'),
  push_token_refused: () =>
    wording(
      400,
      'invalid_push_token',
      'The push service does not know this push_token, or this platform is not set up.',
    ),
  device_not_own: () => wording(403, 'access_denied', 'A device can only manage itself.'),
};
