import { judgeUserCode, type UserCodeAttempt } from '../../../core/asking/user-code.ts';
import type { Client } from '../../../core/client/client.ts';
import type { UserWithBlocks } from '../../../core/person/user.ts';
import type { Refusal } from '../../../core/refusal.ts';
import type { Result } from '../../../core/result.ts';
import type { UserCodeHashes } from '../../person/ports.ts';
import type { Settings } from '../../ports.ts';
import type { RateWindows } from '../ports.ts';

/** What this step needs. */
export type CheckUserCodePorts = {
  readonly rateWindows: RateWindows;
  readonly userCodeHashes: UserCodeHashes;
  readonly settings: Settings;
};

/** A user code that was judged. */
export type CheckedUserCode = {
  readonly judged: Result<true>;
  /** The attempt, and when it was made. It is not counted after too many wrong codes. Undefined if none was sent. */
  readonly attempt: (UserCodeAttempt & { readonly at: number; readonly isCounted: boolean }) | undefined;
  /** Whether the code was compared with one, and is right. */
  readonly isRight: boolean;
};

/**
 * Checks the user code of a request (CIBA §7.1.2). The attempt is counted before the code is hashed, so that guesses at
 * the same moment all count. For a user who does not exist or has no code, and for a client that sent too many, the
 * same is done, so that the time tells nothing. Without a code nothing is counted or hashed.
 */
export async function checkUserCode(
  { rateWindows, userCodeHashes, settings }: CheckUserCodePorts,
  tried: { client: Client; sub: string; found: UserWithBlocks | undefined; sent: string | undefined },
  now: number,
): Promise<CheckedUserCode> {
  const { client, sub, found, sent } = tried;
  const code = found?.userCode;
  const isSupported = client.sendsUserCodes === true;
  if (sent === undefined) {
    const judged = judgeUserCode({ code, isSupported, counted: undefined, isRight: false });
    return { judged, attempt: undefined, isRight: false };
  }
  const attempt = { sub, clientId: client.clientId, codeId: code?.codeId };
  const counted = await rateWindows.countUserCode(attempt, settings.wrongUserCodes, now);
  const isRight = await userCodeHashes.matches(sent, code?.hash);
  const judged = judgeUserCode({ code, isSupported, counted, isRight });
  return { judged, attempt: { ...attempt, at: now, isCounted: counted.allowed }, isRight };
}

/**
 * Takes an attempt back if the code was right, or if the user is asked without needing one. If that fails, it stays
 * counted. Where users are concealed, a wrong code costs the same call, which then counts for nothing.
 */
export async function settleUserCode(
  { rateWindows, settings }: Pick<CheckUserCodePorts, 'rateWindows' | 'settings'>,
  { attempt, isRight }: CheckedUserCode,
  isAsked: boolean,
): Promise<void> {
  if (!attempt) return;
  const isOver = attempt.isCounted && (isAsked || isRight);
  if (isOver) await Promise.allSettled([rateWindows.giveBackUserCode(attempt, attempt.at)]);
  else if (settings.concealsUsers)
    await Promise.allSettled([rateWindows.giveBackUserCode({ ...attempt, codeId: undefined }, attempt.at)]);
}

/** Takes as long for a user who is unknown from the start as for one whose code is checked. */
export async function spendLikeUserCode(
  { userCodeHashes }: Pick<CheckUserCodePorts, 'userCodeHashes'>,
  sent: string | undefined,
  refusal: Refusal,
): Promise<void> {
  if (sent !== undefined && refusal.reason === 'unknown_user') await userCodeHashes.matches(sent, undefined);
}
