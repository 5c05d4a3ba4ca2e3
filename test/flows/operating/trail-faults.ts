import type { Fault } from '../world/journal.ts';
import type { TrailEntry } from '../world/world.ts';
import type { ChangingFlow } from './changing-flows.ts';
import type { Started, State } from './changing-worlds.ts';
import { isTrue } from './told-truth.ts';

// Compares what a flow wrote with what the audit trail says of it.

/** What went wrong in a run, and at which call. */
export type Broken = { readonly fault: Fault; readonly at: number };
/** The state around one call: what the call found, and what it left. */
type Call = { readonly before: State; readonly after: State };
type Change = { readonly intention: TrailEntry | undefined; readonly outcomes: readonly TrailEntry[] };
/** A run that is over. */
type Run = {
  readonly flow: ChangingFlow;
  readonly broken: Broken | undefined;
  readonly calls: readonly Call[];
  readonly changes: readonly Change[];
  /** The places of the calls that changed the state. */
  readonly writes: readonly number[];
};

/** Starts a flow whose state is recorded around each call. `check` says what the audit trail gets wrong. */
export function startWatched(flow: ChangingFlow) {
  const world = flow.start();
  const looks: State[] = [];
  const look = () => recorded(world.state(), looks.at(-1));
  world.journal.watch(() => looks.push(look()));
  const callsOf = (): Call[] =>
    world.journal.all.map((_, index) => {
      const last = looks.at(-1) ?? world.state();
      const isLast = 2 * index + 2 >= looks.length;
      const after = isLast ? look() : (looks[2 * index + 2] ?? last);
      return { before: looks[2 * index + 1] ?? after, after };
    });
  const check = (broken?: Broken) => complaints({ flow, broken, calls: callsOf() }, world).join('; ');
  return { ...world, check };
}

function complaints(watched: Omit<Run, 'changes' | 'writes'>, { trail }: Pick<Started, 'trail'>): string[] {
  const grouped = [...Map.groupBy(trail, ({ change }) => change).values()];
  const changes = grouped.map((entries): Change => {
    const intention = entries.find(({ phase }) => phase === 'intended');
    return { intention, outcomes: entries.filter((one) => one !== intention) };
  });
  const run = { ...watched, changes, writes: writes(watched) };
  return [...changes.flatMap((change) => wrongIn(run, change)), ...unannounced(run)];
}

/** What is wrong with the records of one change. */
function wrongIn(run: Run, change: Change): string[] {
  const { intention, outcomes } = change;
  const [outcome] = outcomes;
  const name = `${(intention ?? outcome)?.event} (${outcome?.phase ?? 'no outcome'})`;
  const checks: readonly (readonly [boolean, string])[] = [
    [outcomes.length > 1, 'has two outcomes'],
    [!outcome && !isCutOff(run, intention), 'has no outcome although the process lives'],
    [!intention && !isLate(outcome), 'has no intention'],
    [outcome?.phase === 'done' && !isDone(run, change, outcome), 'is told as done and is not'],
    [outcome?.phase === 'refused' && left(run, change).length > 0, 'is told as refused and left something'],
    [
      outcome?.phase === 'failed' && !run.broken && !run.flow.isUnclear,
      'is told as failed although nothing went wrong',
    ],
  ];
  return checks.filter(([isWrong]) => isWrong).map(([, what]) => `${name} ${what}`);
}

/** Whether the process died before the outcome. */
function isCutOff({ broken }: Run, intention: TrailEntry | undefined): boolean {
  return broken?.fault === 'dies' && (intention?.place ?? 0) < broken.at;
}

/** An answer that decides nothing any more leaves its outcome alone. */
function isLate(outcome: TrailEntry | undefined): boolean {
  if (outcome?.event !== 'decision_recorded') return false;
  return outcome.phase === 'refused' || outcome.outcome === 'recorded_before';
}

function isDone(run: Run, change: Change, outcome: TrailEntry): boolean {
  const last = writesIn(run, change).at(-1);
  const now = callAt(run, outcome.place).before;
  return isTrue(outcome, last === undefined ? now : callAt(run, last).before, now);
}

/** What the writes of a change left, by name. What they took back counts as not written. */
function left(run: Run, change: Change): string[] {
  const writes = writesIn(run, change).map((place) => callAt(run, place));
  const [first, last] = [writes.at(0), writes.at(-1)];
  if (!first || !last) return [];
  const touched = new Set(writes.flatMap(({ before, after }) => differences(before, after)));
  return differences(first.before, last.after).filter((name) => touched.has(name));
}

/**
 * The places of the calls between intention and outcome that changed the state, without those of another change that was
 * made in between: a report of fraud blocks a client in the middle of the decision.
 */
function writesIn(run: Run, change: Change): number[] {
  const inner = run.changes.filter((other) => other !== change && spanOf(other).from > spanOf(change).from);
  const isIn = (one: Change, place: number) => spanOf(one).from < place && place < spanOf(one).to;
  return run.writes.filter((place) => isIn(change, place) && !inner.some((other) => isIn(other, place)));
}

function spanOf({ intention, outcomes }: Change): { from: number; to: number } {
  const never = Number.POSITIVE_INFINITY;
  return { from: intention?.place ?? never, to: outcomes.at(0)?.place ?? never };
}

/** What was written without an intention that the store had acknowledged, or after it was told as not made. */
function unannounced(run: Run): string[] {
  return run.writes.flatMap((place) => {
    const last = run.changes.filter(({ intention }) => (intention?.place ?? Number.POSITIVE_INFINITY) < place).at(-1);
    if (!last?.intention) return [`call ${place} changed something without an intention`];
    const outcome = last.outcomes.at(0);
    const isOver = outcome !== undefined && outcome.phase !== 'done' && outcome.place < place;
    if (isOver) return [`call ${place} changed something after the change was told as ${outcome.phase}`];
    const isAcknowledged = last.intention.isStored && last.intention.place !== run.broken?.at;
    return isAcknowledged || run.flow.takesAway || takesAway(last.intention)
      ? []
      : [`call ${place} changed something although its intention was not acknowledged`];
  });
}

/** The steps of a rotation that only take a key away. */
function takesAway({ event }: TrailEntry): boolean {
  return /^signing_key_(retired|removed|public_half_deleted|revoked)$/.test(event);
}

function writes({ calls }: Pick<Run, 'calls'>): number[] {
  return calls.flatMap(({ before, after }, index) => (differences(before, after).length > 0 ? [index + 1] : []));
}

function callAt({ calls }: Run, place: number): Call {
  const call = calls[place - 1];
  if (!call) throw new Error(`there is no call ${place}`);
  return call;
}

/** The texts of recorded states, which do not change any more. */
const texts = new WeakMap<State, ReadonlyMap<string, string>>();

/** Records a state. Most calls change nothing: then it is what was recorded last. */
function recorded(state: State, last: State | undefined): State {
  if (last && differences(last, state).length === 0) return last;
  const copy = structuredClone(state);
  texts.set(copy, textsOf(copy));
  return copy;
}

/** The names of what is different in two states. */
export function differences(one: State, other: State): string[] {
  if (one === other) return [];
  const [before, after] = [textsOf(one), textsOf(other)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => before.get(name) !== after.get(name));
}

function textsOf(state: State): ReadonlyMap<string, string> {
  const known = texts.get(state);
  if (known) return known;
  const named = Object.entries(state).flatMap(([kind, all]) =>
    Object.entries(all).map(([id, one]) => [`${kind} ${id}`, JSON.stringify(one)] as const),
  );
  return new Map(named);
}
