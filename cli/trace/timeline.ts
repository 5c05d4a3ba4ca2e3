import { textIn } from '../function-logs/log-entry.ts';
import type { FoundLines } from '../function-logs/log-source.ts';
import { type Step, type StepName, stepsOf } from './step.ts';
import type { TrailFound } from './trail-steps.ts';

/** How a login stands: `open` if lines show no end of it. */
export type LoginOutcome = 'tokens_issued' | 'withdrawn' | 'denied' | 'expired' | 'refused' | 'open';
/** One login, from the lines of all functions. */
export type Timeline = {
  readonly txn: string;
  readonly clientId: string | undefined;
  readonly sub: string | undefined;
  readonly outcome: LoginOutcome;
  readonly steps: readonly Step[];
  /** Milliseconds between the main steps, as far as both are there. */
  readonly durations: Readonly<Record<string, number>>;
  readonly missing: readonly string[];
};

/**
 * Puts the steps of a login in their order, folds its polls, and measures what took how long. What the audit trail has
 * stands in the place of its copies in the log.
 */
export function timelineOf({ login, entries, missing }: FoundLines, trail?: TrailFound): Timeline {
  const told = withoutRepeatedAnnouncements(entries.flatMap(stepsOf));
  const unfolded = [...(trail ? beside(told, trail) : told)].toSorted((a, b) => a.at - b.at);
  const steps = foldPolls(unfolded);
  const first = (name: 'client_id' | 'sub') =>
    entries.map((entry) => textIn(entry, name)).find((one) => one !== undefined);
  return {
    txn: (entries.length > 0 ? login : (trail?.login ?? login)).txn,
    clientId: first('client_id') ?? trail?.clientId,
    sub: first('sub') ?? trail?.sub,
    outcome: outcomeOf(unfolded),
    steps,
    durations: durationsOf(unfolded),
    missing,
  };
}

/** Adds the steps of the trail to those of the log. One that the log has, too, is only a record of it. */
function beside(told: readonly Step[], { steps }: TrailFound): readonly Step[] {
  const others = told.filter(({ step }) => step !== 'audited');
  const known = new Set(others.map(({ step }) => step));
  const records = steps.map((step) => (known.has(step.step) ? { ...step, step: 'audited' as const } : step));
  return [...others, ...records];
}

/** A message that comes back tells each time when it was sent. The first line of it is enough. */
function withoutRepeatedAnnouncements(steps: readonly Step[]): readonly Step[] {
  const known = new Set<string>();
  return steps.filter(({ step, correlationIds: [id = ''] }) => {
    if (step !== 'announced') return true;
    const isNew = !known.has(id);
    known.add(id);
    return isNew;
  });
}

/** Makes one step of polls that follow each other, with nothing else between them. */
function foldPolls(steps: readonly Step[]): readonly Step[] {
  const folded: Step[] = [];
  let polls: Step[] = [];
  const flush = (): void => {
    const [first] = polls;
    if (first) folded.push(foldedPoll(first, polls));
    polls = [];
  };
  for (const step of steps) {
    if (step.step === 'polled') polls.push(step);
    else {
      flush();
      folded.push(step);
    }
  }
  flush();
  return folded;
}

function foldedPoll(first: Step, polls: readonly Step[]): Step {
  const fast = polls.filter(({ says }) => says === 'slow_down').length;
  const count = polls.length;
  const some = `${count} ${count === 1 ? 'poll' : 'polls'}: nothing decided yet`;
  const says = fast === 0 ? some : `${some}, ${fast} too fast (slow_down)`;
  const correlationIds = polls.flatMap((poll) => poll.correlationIds);
  const until = polls.at(-1)?.at ?? first.at;
  const tookMilliseconds = count === 1 ? first.tookMilliseconds : undefined;
  return { ...first, says, count, until, correlationIds, tookMilliseconds, tone: fast === 0 ? 'quiet' : 'warning' };
}

function outcomeOf(steps: readonly Step[]): LoginOutcome {
  const has = (name: StepName) => steps.some(({ step }) => step === name);
  if (has('tokens_issued')) return 'tokens_issued';
  if (has('withdrawn')) return 'withdrawn';
  if (has('denied')) return 'denied';
  if (has('expired')) return 'expired';
  return has('not_asked') || has('tokens_refused') ? 'refused' : 'open';
}

function durationsOf(steps: readonly Step[]): Timeline['durations'] {
  const at = (...names: readonly StepName[]) => steps.find(({ step }) => names.includes(step))?.at;
  const [asked, fetched, decided] = [at('asked'), at('details_fetched'), at('approved', 'denied')];
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? undefined : to - from;
  const all = {
    asked_to_fetched_ms: between(asked, fetched),
    fetched_to_decided_ms: between(fetched, decided),
    asked_to_decided_ms: between(asked, decided),
    decided_to_pinged_ms: between(decided, at('pinged')),
    decided_to_tokens_ms: between(decided, at('tokens_issued')),
    asked_to_tokens_ms: between(asked, at('tokens_issued')),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
