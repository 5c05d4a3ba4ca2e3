import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { Refused } from '../command-line/failure.ts';
import type { Say } from '../command-line/steps.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { Different, expectAnswer } from './ending.ts';
import { LocalControls } from './local-controls.ts';
import { outcomeOf, type TriggerOutcome } from './outcome.ts';
import type { OwnRequest, Scenario } from './scenario.ts';
import { Stage, type TrialPerson } from './stage.ts';
import type { Exchange } from './wire.ts';

/** Where scenarios are played, and the sign that somebody wants them to end. */
export type Theatre = { readonly deployment: Deployment; readonly api: AdminApi; readonly over: AbortSignal };

const LOOK_MILLISECONDS = 250;

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

/** The client of an application that is waited for, how long the user stays after the answer, and who is told. */
export type Waiting = { readonly clientId: string; readonly holdSeconds: number; readonly say: Say };
/** A scenario with the side of the user alone. */
export type Answering = Scenario & Required<Pick<Scenario, 'answer'>>;

/** Waits until a client of an application asks the user of the scenario, and plays the side of the user. */
export async function answerClient(
  scenario: Answering,
  theatre: Theatre,
  { clientId, holdSeconds, say }: Waiting,
): Promise<TriggerOutcome> {
  return onStage(scenario, theatre, async (stage) => {
    const person = await stage.person();
    say(`Let your application ask now, as client ${clientId}, with login_hint ${person.email}. Ctrl-C ends it.`);
    const { requestId, expiresAt } = await requestOf(clientId, person, stage);
    say('It asked. The user does what the scenario says.');
    await scenario.answer(stage, { person, requestId, expiresAt });
    const seconds = scenario.lastsUntilExpiry ? expiresAt + 1 - Math.floor(Date.now() / 1000) : 0;
    say(`The user stays for ${seconds + holdSeconds} s, so that your application sees the end. Ctrl-C ends it sooner.`);
    // After an end by Ctrl-C there is an outcome too: everything was played.
    await pause((seconds + holdSeconds) * 1000, undefined, { signal: theatre.over }).catch(() => undefined);
    return undefined;
  });
}

async function onStage(
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

/** Looks again and again, as a phone without pushes does, until the client has asked. */
async function requestOf(clientId: string, { phone }: TrialPerson, stage: Stage): Promise<Omit<OwnRequest, 'person'>> {
  for (;;) {
    const { answer } = expectAnswer(await phone.list(), { status: 200 });
    const { requests } = answer;
    const waiting = v.safeParse(v.tuple([v.object({ request_id: v.string(), expires_at: v.number() })]), requests);
    if (waiting.success) {
      const [{ request_id: requestId, expires_at: expiresAt }] = waiting.output;
      const { bytes } = await phone.read(requestId);
      const asking = clientIn(bytes);
      if (asking === clientId) return { requestId, expiresAt };
      throw new Different(`Client ${plainLine(asking)} asked the user, and not ${plainLine(clientId)}.`);
    }
    // A look that found nothing tells the reader nothing.
    stage.wire.exchanges.pop();
    await pause(LOOK_MILLISECONDS);
  }
}

function clientIn(bytes: Uint8Array): string {
  return v.parse(v.object({ client_id: v.string() }), JSON.parse(Buffer.from(bytes).toString())).client_id;
}
