import type { Ending } from './ending.ts';
import type { Scenario } from './scenario.ts';
import { type ShownExchange, shownExchange } from './shown.ts';
import type { Exchange } from './wire.ts';

/** What `ciba trigger SCENARIO` prints with `--json`. It has no secret. */
export type TriggerOutcome = {
  readonly scenario: string;
  readonly outcome: 'as_expected' | 'different';
  readonly issuer: string;
  /** All calls in their order, without those that only set the scenario up. */
  readonly exchanges: readonly ShownExchange[];
  /** Who gets the last answer, and what it should be. */
  readonly expected: Ending & { readonly by: 'client' | 'phone' | 'provider' };
  /** The last answer. Absent if it did not come so far, or if the application of `--client` gets it. */
  readonly saw?: ShownExchange;
  /** What went another way. Absent if nothing did. */
  readonly difference?: string;
  /** What whoever gets the last answer should do. */
  readonly next: string;
  readonly standard: string;
  readonly page: string;
};

/** How a play ended. */
export type Played = {
  readonly exchanges: readonly Exchange[];
  readonly last?: Exchange | undefined;
  readonly difference?: string | undefined;
};

/** Makes the outcome of a scenario that was played. */
export function outcomeOf(scenario: Scenario, issuer: string, played: Played): TriggerOutcome {
  const { name, ends, next, standard, page, unless } = scenario;
  const { exchanges, last, difference } = played;
  const { by = 'client', ...ending } = ends;
  const why = difference !== undefined && unless !== undefined ? `${difference} ${unless}` : difference;
  return {
    scenario: name,
    outcome: difference === undefined ? 'as_expected' : 'different',
    issuer,
    exchanges: exchanges.map(shownExchange),
    expected: { by, ...ending },
    ...(last && { saw: shownExchange(last) }),
    ...(why !== undefined && { difference: why }),
    next,
    standard,
    page,
  };
}
