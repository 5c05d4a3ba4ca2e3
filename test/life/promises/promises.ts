import type { World } from '../world/world.ts';
import { brokeByItself, tooManyRings } from './limits.ts';
import { notificationLost, toldTwice, toldWrong } from './notifications.ts';
import { answersGoBack, intervalShrinks, polledTooFast, waitsForTheEnd } from './polls.ts';
import { successAfterRevocation } from './revocations.ts';
import {
  approvalLost,
  decidedTooLate,
  statesGoBack,
  successAfterRefusal,
  successAfterWithdrawal,
  twoDecisions,
  twoSuccesses,
} from './successes.ts';
import { blockUntold, decisionWithoutEvidence, tokensUntold, trailDiffers } from './trail.ts';

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
  'the trail tells all tokens': tokensUntold,
  'the trail tells all reports': blockUntold,
  'no more rings than the limits allow': tooManyRings,
  'nothing breaks by itself': brokeByItself,
} as const satisfies Record<string, (world: World) => readonly string[]>;

/** Returns every promise that a run broke, and how. */
export function broken(world: World): readonly string[] {
  return Object.entries(PROMISES).flatMap(([name, promise]) => promise(world).map((how) => `${name}: ${how}`));
}
