import { ACKNOWLEDGEMENT_REQUIREMENTS } from './acknowledgement.ts';
import { ATTEMPT_REQUIREMENTS } from './attempts.ts';
import { CHOICE_REQUIREMENTS } from './choices.ts';
import { CONCEALMENT_REQUIREMENTS } from './concealment.ts';
import { DECISION_ORDER_REQUIREMENTS } from './decision-order.ts';
import { DELIVERY_REQUIREMENTS } from './delivery.ts';
import { DISCOVERY_REQUIREMENTS } from './discovery.ts';
import { HINT_REQUIREMENTS } from './hints.ts';
import { NOTIFICATION_REQUIREMENTS } from './notifications.ts';
import { NUMBER_REQUIREMENTS } from './number-matching.ts';
import { OTHER_REQUIREMENTS } from './other-standards.ts';
import { PROFILE_REQUIREMENTS } from './profiles.ts';
import { REFUSAL_REQUIREMENTS } from './refusals.ts';
import { REGISTRATION_REQUIREMENTS } from './registration.ts';
import { REQUEST_REQUIREMENTS } from './request.ts';
import type { Requirement } from './requirement.ts';
import { SIGNED_REQUEST_REQUIREMENTS } from './signed-request.ts';
import { TOKEN_ERROR_REQUIREMENTS } from './token-errors.ts';
import { TOKEN_REQUEST_REQUIREMENTS } from './token-request.ts';
import { USER_AUTHENTICATION_REQUIREMENTS } from './user-authentication.ts';
import { USER_CODE_REQUIREMENTS } from './user-code.ts';
import { VALIDATION_REQUIREMENTS } from './validation.ts';
import { WITHDRAWAL_REQUIREMENTS } from './withdrawal.ts';

/** Every sentence of a standard that concerns asking and the delivery of the outcome, in the order of the standards. */
export const REQUIREMENTS: readonly Requirement[] = [
  ...DISCOVERY_REQUIREMENTS,
  ...REGISTRATION_REQUIREMENTS,
  ...REQUEST_REQUIREMENTS,
  ...HINT_REQUIREMENTS,
  ...SIGNED_REQUEST_REQUIREMENTS,
  ...USER_CODE_REQUIREMENTS,
  ...VALIDATION_REQUIREMENTS,
  ...ACKNOWLEDGEMENT_REQUIREMENTS,
  ...USER_AUTHENTICATION_REQUIREMENTS,
  ...NOTIFICATION_REQUIREMENTS,
  ...TOKEN_REQUEST_REQUIREMENTS,
  ...DELIVERY_REQUIREMENTS,
  ...TOKEN_ERROR_REQUIREMENTS,
  ...DECISION_ORDER_REQUIREMENTS,
  ...REFUSAL_REQUIREMENTS,
  ...PROFILE_REQUIREMENTS,
  ...CONCEALMENT_REQUIREMENTS,
  ...OTHER_REQUIREMENTS,
  ...NUMBER_REQUIREMENTS,
  ...WITHDRAWAL_REQUIREMENTS,
  ...ATTEMPT_REQUIREMENTS,
  ...CHOICE_REQUIREMENTS,
];
