import type { World } from '../world/world.ts';
import { brokeByItself, tooManyRings } from './limits.ts';
import { notificationLost, toldTwice, toldWrong } from './notifications.ts';
import { cannotDeny, countsWithoutNumber, judgedWrongly, tellsOfApproval, wrongNumbersUncounted } from './numbers.ts';
import {
  askedInPause,
  askedWithoutCode,
  guessedTooOften,
  lockedOut,
  nobodyAnswers,
  tellsOfPeople,
  twoOpen,
} from './people.ts';
import { answersGoBack, intervalShrinks, polledTooFast, waitsForTheEnd } from './polls.ts';
import { successAfterRevocation } from './revocations.ts';
import {
  attemptUntold,
  remindedTwice,
  reminderLost,
  resendAsks,
  resendsUnbounded,
  ringsWithoutReason,
} from './ringing.ts';
import {
  approvalLost,
  decidedTooLate,
  statesGoBack,
  successAfterRefusal,
  successAfterWithdrawal,
  twoDecisions,
  twoSuccesses,
} from './successes.ts';
import { blockUntold, decisionWithoutEvidence, lessUntold, tokensUntold, trailDiffers } from './trail.ts';

/** What the provider promises about the life of an answer. Each returns what a run broke, in domain words. */
const PROMISES = {
  'never two successes for one request': twoSuccesses,
  'never a success after a refusal': successAfterRefusal,
  'never a success after an acknowledged withdrawal': successAfterWithdrawal,
  'never a success after an acknowledged revocation': successAfterRevocation,
  'never two decisions': twoDecisions,
  'states only go forward': statesGoBack,
  'nothing is decided after the end': decidedTooLate,
  'an approval is not lost': approvalLost,
  'no notification is lost': notificationLost,
  'nobody is told twice without a reason': toldTwice,
  'what a client is told is true': toldWrong,
  'poll answers only go forward': answersGoBack,
  'nobody waits for a request that has ended': waitsForTheEnd,
  'the interval is kept': polledTooFast,
  'the interval never shrinks': intervalShrinks,
  'no decision without evidence': decisionWithoutEvidence,
  'the trail equals what happened': trailDiffers,
  'the log tells numbers and withdrawals': lessUntold,
  'the trail tells all tokens': tokensUntold,
  'the trail tells all reports': blockUntold,
  'no approval counts before its number': countsWithoutNumber,
  'numbers are judged rightly': judgedWrongly,
  'three wrong numbers end a request for good': wrongNumbersUncounted,
  'an approval that waits for its number is not told': tellsOfApproval,
  'an approval that waits for its number can be denied': cannotDeny,
  'a resend makes no second request': resendAsks,
  'resends are bounded': resendsUnbounded,
  'only open requests ring again': ringsWithoutReason,
  'a reminder comes once': remindedTwice,
  'a reminder is not lost': reminderLost,
  'each attempt to ring is told': attemptUntold,
  'concealed users are not told of': tellsOfPeople,
  'nobody answers for nobody': nobodyAnswers,
  'a user code is needed': askedWithoutCode,
  'a user code cannot be guessed': guessedTooOften,
  'a client pauses after a denial': askedInPause,
  'a client has one open request': twoOpen,
  'a client is not locked out': lockedOut,
  'no more rings than the limits allow': tooManyRings,
  'nothing breaks by itself': brokeByItself,
} as const satisfies Record<string, (world: World) => readonly string[]>;

/** Returns every promise that a run broke, and how. */
export function broken(world: World): readonly string[] {
  return Object.entries(PROMISES).flatMap(([name, promise]) => promise(world).map((how) => `${name}: ${how}`));
}
