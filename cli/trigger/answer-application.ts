import * as v from 'valibot';
import { txnOf } from '../../provider/core/digest.ts';
import type { Say } from '../command-line/steps.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { Application, exchangeOf } from './application.ts';
import { Different, expectAnswer } from './ending.ts';
import type { TriggerOutcome } from './outcome.ts';
import { onStage, type Theatre } from './play.ts';
import type { OwnRequest, OwnSide, Scenario } from './scenario.ts';
import type { Stage, TrialPerson } from './stage.ts';
import type { Exchange } from './wire.ts';

/** The client of the application, how long it may take to see the end, and who is told. */
export type Waiting = { readonly clientId: string; readonly waitSeconds: number; readonly say: Say };

/**
 * Waits until a client of an application asks the user of the scenario, and plays everything but the client. What the
 * application saw is read in the log of the provider.
 */
export async function answerApplication(
  scenario: Scenario & { readonly own: OwnSide },
  theatre: Theatre,
  waiting: Waiting,
): Promise<TriggerOutcome> {
  return onStage(scenario, theatre, async (stage) => {
    const person = await stage.person();
    await scenario.own.prepare?.(stage, person);
    const application = new Application(theatre.deployment, theatre.over);
    try {
      const last = await lastSeen(scenario.own, { stage, person, application, waiting });
      return last && expectAnswer(last, scenario.ends);
    } finally {
      application.close();
    }
  });
}

type Scene = {
  readonly stage: Stage;
  readonly person: TrialPerson;
  readonly application: Application;
  readonly waiting: Waiting;
};

/** Returns the last answer that the application got. Undefined if it may stop without one. */
async function lastSeen(own: OwnSide, scene: Scene): Promise<Exchange | undefined> {
  const { stage, person, application, waiting } = scene;
  const { clientId, waitSeconds, say } = waiting;
  const when = own.prepare ? 'within five minutes' : 'now';
  say(`Let your application ask ${when}, as client ${clientId}, with login_hint ${person.email}. Ctrl-C ends it.`);
  const asked = await application.asked(person.sub);
  stage.wire.checkGoesOn();
  if (asked === undefined) throw new Different('The log of the provider ended.');
  const first = stage.wire.add(exchangeOf(asked));
  if (asked.client_id !== clientId)
    throw new Different(`Client ${plainLine(asked.client_id)} asked the user, and not ${clientId}.`);
  if (!own.answer) return first;
  expectAnswer(first, { status: 200 });
  const request = await requestOf(person, asked.txn);
  say('It asked. The user does what the scenario says.');
  await own.answer(stage, request);
  const seconds = waitSeconds + (own.lastsUntilExpiry ? secondsUntil(request.expiresAt) : 0);
  say(`Your application has ${seconds} s to see the end.`);
  const end = await application.ended(asked.txn, seconds);
  stage.wire.checkGoesOn();
  if (end) return stage.wire.add(exchangeOf(end));
  if (own.lastsUntilExpiry) return undefined;
  throw new Different(`Your application did not come for the end within ${seconds} s.`);
}

const secondsUntil = (instant: number) => Math.max(0, instant + 1 - Math.floor(Date.now() / 1000));

const waitingRequests = v.array(v.object({ request_id: v.string(), expires_at: v.number() }));

/** Finds the request in the list of the phone. */
async function requestOf(person: TrialPerson, txn: string | undefined): Promise<OwnRequest> {
  const { answer } = expectAnswer(await person.phone.list(), { status: 200 });
  const listed = v.safeParse(waitingRequests, answer['requests']);
  const found = listed.success ? listed.output.find(({ request_id: id }) => txnOf(id) === txn) : undefined;
  if (!found) throw new Different('The phone does not list the request of the application.');
  return { person, requestId: found.request_id, expiresAt: found.expires_at };
}
