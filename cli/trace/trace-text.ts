import { paint } from '../command-line/colour.ts';
import { lineWidth, plainLine, wrap } from '../command-line/text-layout.ts';
import type { Step } from './step.ts';
import type { LoginOutcome, Timeline } from './timeline.ts';

const OUTCOMES: Readonly<Record<LoginOutcome, string>> = {
  tokens_issued: 'tokens issued',
  withdrawn: 'withdrawn by the client',
  denied: 'denied',
  expired: 'expired',
  refused: 'refused',
  open: 'no end yet',
};
const OFFSET_COLUMNS = 12;

/** Formats a login as a timeline for people. */
export function traceText({ txn, clientId, sub, outcome, steps, durations, missing }: Timeline): string {
  const begin = steps[0]?.at ?? 0;
  const who = [`txn ${txn}`, clientId && `client ${clientId}`, sub && `user ${sub}`].filter(Boolean).join(', ');
  const { asked_to_fetched_ms: toPhone, fetched_to_decided_ms: toDecision, decided_to_tokens_ms: toTokens } = durations;
  const took = [
    toPhone === undefined ? '' : `${span(toPhone)} until the phone had it`,
    toDecision === undefined ? '' : `${span(toDecision)} until the decision`,
    toTokens === undefined ? '' : `${span(toTokens)} until the tokens`,
  ].filter((part) => part !== '');
  return [
    wrap(plainLine(who), 2),
    wrap(`${new Date(begin).toISOString()}, ${OUTCOMES[outcome]}${took.length > 0 ? `: ${took.join(', ')}` : ''}`, 2),
    '',
    ...steps.map((step) => lineOf(step, begin)),
    ...(missing.length > 0 ? ['', ...missing.map((sentence) => wrap(plainLine(sentence), 0))] : []),
  ].join('\n');
}

/** Formats a login for scripts. */
export function traceJson({ txn, clientId, sub, outcome, steps, durations, missing }: Timeline): string {
  return JSON.stringify({
    txn,
    client_id: clientId,
    sub,
    outcome,
    durations,
    steps: steps.map((step) => ({
      step: step.step,
      at: new Date(step.at).toISOString(),
      ...(step.until !== undefined && { until: new Date(step.until).toISOString() }),
      function: step.function,
      count: step.count,
      says: step.says,
      reason: step.reason,
      device_id: step.deviceId,
      duration_ms: step.tookMilliseconds,
      correlation_ids: step.correlationIds,
    })),
    missing,
  });
}

function lineOf({ at, until = at, says, tone, function: name, tookMilliseconds }: Step, begin: number): string {
  const over = until > at ? ` over ${span(until - at)}` : '';
  const took = tookMilliseconds === undefined ? '' : `, ${tookMilliseconds} ms`;
  const where = `[${name}${took}]`;
  const indent = OFFSET_COLUMNS + 2;
  const lines = wrap(plainLine(`${says}${over} ${where}`), indent, lineWidth());
  const [first = '', ...more] = lines.split('\n');
  return [`${`+${span(at - begin)}`.padStart(OFFSET_COLUMNS)}  ${paint(tone, first)}`, ...more].join('\n');
}

/** Formats a time between two instants. */
export function span(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds));
  if (whole < 1000) return `${whole} ms`;
  if (whole < 59_950) return `${(whole / 1000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
