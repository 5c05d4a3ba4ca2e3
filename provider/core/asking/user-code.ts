import type { UserCode } from '../person/user-code.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Counted } from './rate-window.ts';

/**
 * An attempt at the code of a user: who tried whose code. `codeId` is undefined if the user has no code or does not
 * exist. Attempts are counted for a client and a user, so that no client can use up the attempts of another.
 */
export type UserCodeAttempt = {
  readonly sub: string;
  readonly clientId: string;
  readonly codeId: string | undefined;
};

/** What is known when a user code is judged. */
export type TriedUserCode = {
  /** The code of the user. Undefined if they need none, or there is no such user. */
  readonly code: UserCode | undefined;
  /** Whether the client is registered with `backchannel_user_code_parameter`. What another client sends is ignored. */
  readonly isSupported: boolean;
  /** The result of counting the attempt. Undefined if no code was sent. */
  readonly counted: Counted | undefined;
  /** Whether the code that was sent is right. */
  readonly isRight: boolean;
};

/**
 * Judges a user code (CIBA §7.1.2, §13). A person who has a code is asked only if the client sends it. A client that
 * cannot send one may not ask them: otherwise whoever has such a client could go around the code. A code for a person
 * without one is ignored.
 */
export function judgeUserCode({ code, isSupported, counted, isRight }: TriedUserCode): Result<true> {
  if (!code) return ok(true);
  if (!counted)
    return refuse({ reason: 'missing_user_code', because: isSupported ? 'not_sent' : 'client_not_registered' });
  if (!counted.allowed)
    return refuse({ reason: 'too_many_wrong_user_codes', retryAfterSeconds: counted.retryAfterSeconds });
  return isRight ? ok(true) : refuse({ reason: 'wrong_user_code' });
}
