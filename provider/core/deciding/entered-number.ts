import { isSameRegistration, type Registration } from '../client/client.ts';
import { ok, type Result, refuse } from '../result.ts';
import { type AuthenticationRequest, isOpen } from './authentication-request.ts';
import { matches, type NoNumberAwaited } from './number-matching.ts';

/** A request whose approval does not count before the client has entered the number. */
export type AwaitingRequest = Extract<AuthenticationRequest, { state: 'awaiting_number' }>;

/**
 * Judges a number that a client entered for a request. Before a device has approved, every number is wrong, because no
 * device shows one yet. An unknown request, another client's, one that is over and one that needs no number get the same
 * refusal, so that a client cannot probe for the ids of others.
 */
export function judgeEntered(
  request: AuthenticationRequest | undefined,
  { client, entered, now }: { readonly client: Registration; readonly entered: string; readonly now: number },
): Result<{ readonly matched?: AwaitingRequest; readonly request: AuthenticationRequest }> {
  const not = (because: NoNumberAwaited) => refuse({ reason: 'number_not_awaited', because });
  if (!request) return not('unknown');
  if (!isSameRegistration(request, client)) return not('foreign');
  if (request.numberMatching !== 'client_enters') return not('needs_none');
  if (!isOpen(request, now)) return not('over');
  const isAwaited = request.state === 'awaiting_number';
  const isRight = matches(entered, isAwaited ? request.number : undefined);
  return ok(isAwaited && isRight ? { request, matched: request } : { request });
}
