import type { Refusal } from '../../core/refusal.ts';
import type { Answer } from './answer.ts';
import { answerRefusal } from './refusal-answer.ts';

/** A page of the answer could do nothing and stand in no frame, and what was in the URL is told to nobody. */
const INERT = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/** Refuses a call that a browser may have made, and that may have come from anywhere. */
export function answerInertly(refusal: Refusal): Answer {
  const answer = answerRefusal(refusal, false);
  return { ...answer, headers: { ...answer.headers, ...INERT } };
}
