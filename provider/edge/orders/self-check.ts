import type { Context } from 'aws-lambda';
import { SELF_CHECK } from '../../core/operating/push-rights.ts';

/**
 * Makes a Lambda handler that answers self-checks, and passes every other event on. It decides by the top level of the
 * event alone, which must be the self-check and nothing else. No caller of a route and no sender of a message can make
 * such an event: what they send is inside `body`, `headers` or `Records`.
 */
export function answerSelfChecks<Event, Answer, Report>(
  check: () => Promise<Report>,
  handler: (event: Event, context: Context) => Promise<Answer>,
) {
  return async (event: Event, context: Context): Promise<Answer | Report> =>
    isSelfCheck(event) ? check() : handler(event, context);
}

function isSelfCheck(event: unknown): boolean {
  if (typeof event !== 'object' || event === null) return false;
  const [[name, value] = [], ...others] = Object.entries(event);
  return others.length === 0 && name === 'self_check' && value === SELF_CHECK.self_check;
}
