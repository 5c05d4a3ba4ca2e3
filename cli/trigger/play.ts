import { Refused } from '../command-line/failure.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { Different, expectAnswer } from './ending.ts';
import { LocalControls } from './local-controls.ts';
import { outcomeOf, type TriggerOutcome } from './outcome.ts';
import type { Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import type { Exchange } from './wire.ts';

/** Where scenarios are played, and the sign that somebody wants them to end. */
export type Theatre = { readonly deployment: Deployment; readonly api: AdminApi; readonly over: AbortSignal };

/** Throws unless the scenario can be played there. */
export async function checkPlayable({ name, needs }: Scenario, { deployment }: Theatre): Promise<void> {
  if (needs === 'provider') return;
  if (!deployment.isLocal)
    throw new Refused(
      `${name} needs a phone, a fault or a clock that only a provider on this machine has, and ${deployment.origin} is none.`,
      'Run it against ciba up: --context local. ciba trigger --json says what each scenario needs.',
    );
  await new LocalControls(deployment).checkThere();
}

/** Plays a scenario, and removes what it made, whatever happens. */
export async function play(scenario: Scenario, theatre: Theatre): Promise<TriggerOutcome> {
  return onStage(scenario, theatre, async (stage) => expectAnswer(await scenario.play(stage), scenario.ends));
}

/** Plays on a stage of its own, and removes what was made, whatever happens. */
export async function onStage(
  scenario: Scenario,
  theatre: Theatre,
  work: (stage: Stage) => Promise<Exchange | undefined>,
): Promise<TriggerOutcome> {
  const stage = new Stage(scenario.name, theatre);
  const end = await work(stage)
    .then(
      (last) => ({ last }),
      (error: unknown) => {
        if (error instanceof Different) return { last: undefined, difference: error.message };
        throw error;
      },
    )
    .finally(() => stage.close());
  return outcomeOf(scenario, stage.issuer, { exchanges: stage.wire.exchanges, ...end });
}
