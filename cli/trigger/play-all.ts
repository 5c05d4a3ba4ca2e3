import { Interrupted, Refused } from '../command-line/failure.ts';
import { outcomeOf, type TriggerOutcome } from './outcome.ts';
import { checkPlayable, play, type Theatre } from './play.ts';
import type { Scenario } from './scenario.ts';

/** Which scenarios can be played there: on a deployment, those that need nothing local. */
export function playableOf(scenarios: readonly Scenario[], { deployment }: Theatre): readonly Scenario[] {
  return scenarios.filter(({ needs }) => deployment.isLocal || needs === 'provider');
}

/** Plays one scenario after the other. */
export async function playAll(
  scenarios: readonly Scenario[],
  theatre: Theatre,
  progress: (text: string) => void,
): Promise<readonly TriggerOutcome[]> {
  const demanding = scenarios.find(({ needs }) => needs === 'local');
  if (demanding) await checkPlayable(demanding, theatre);
  const outcomes: TriggerOutcome[] = [];
  for (const scenario of scenarios) {
    progress(`${outcomes.length + 1} of ${scenarios.length}: ${scenario.name}`);
    outcomes.push(await playedOrRefused(scenario, theatre));
  }
  return outcomes;
}

/** A scenario that could not be played to its end must not hide how the others went. */
async function playedOrRefused(scenario: Scenario, theatre: Theatre): Promise<TriggerOutcome> {
  return play(scenario, theatre).catch((error: unknown) => {
    if (error instanceof Interrupted || !(error instanceof Refused)) throw error;
    return outcomeOf(scenario, `${theatre.deployment.origin}/`, { exchanges: [], difference: error.message });
  });
}
