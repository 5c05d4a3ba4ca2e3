import type { Platform } from '../device/device.ts';
import { pushErrorKind } from '../device/push-error.ts';

/** What functions do to push endpoints. Each function may do what its `function.ts` lists. */
export const ENDPOINT_ACTIONS = [
  'Publish',
  'GetEndpointAttributes',
  'SetEndpointAttributes',
  'DeleteEndpoint',
] as const;
/** One of them. */
export type EndpointAction = (typeof ENDPOINT_ACTIONS)[number];

/**
 * The whole event that asks a function to prove its rights on push endpoints. Only a direct invocation can carry it:
 * events of API Gateway, of queues, topics and schedules have other members on their top level.
 */
export const SELF_CHECK = { self_check: 'push_rights' } as const;

/** What SNS answered to an action: nothing, a success, or an error by its name. */
export type SnsAnswer = { readonly isAnswered: boolean; readonly error?: string | undefined };
/** Whether IAM lets a function do something to the endpoints of a platform. `unknown`: SNS did not decide. */
export type PushRight = {
  readonly platform: Platform;
  readonly action: EndpointAction;
  readonly result: 'allowed' | 'denied' | 'unknown';
  /** The name of SNS's error. An endpoint that does not exist is one. */
  readonly error?: string | undefined;
};
/** The answer to a self-check. Both lists are empty if no push platform is configured. */
export type PushRightsReport = { readonly platforms: readonly Platform[]; readonly rights: readonly PushRight[] };

/** Errors that SNS answers before it asks IAM whether the caller may do this. */
const UNDECIDED = /^(InvalidClientTokenId|ExpiredToken|SignatureDoesNotMatch|UnrecognizedClient|RequestExpired)/;

/** Returns what an answer says about the right. SNS asks IAM first, so every other error means that IAM allowed it. */
export function rightFrom({ isAnswered, error }: SnsAnswer): Pick<PushRight, 'result' | 'error'> {
  if (!isAnswered) return { result: 'unknown', error };
  if (error === undefined) return { result: 'allowed' };
  const kind = pushErrorKind(error);
  if (kind === 'not_authorized') return { result: 'denied', error };
  return { result: kind === 'throttled' || UNDECIDED.test(error) ? 'unknown' : 'allowed', error };
}
