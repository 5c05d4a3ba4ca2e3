import { command, type Output } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readWholeNumber } from '../command-line/option-reading.ts';
import { endProgress } from '../command-line/progress.ts';
import { sayStep } from '../command-line/steps.ts';
import { describeDeployment } from '../deployment/deployment.ts';
import type { Waiting } from '../trigger/answer-application.ts';
import type { TriggerOutcome } from '../trigger/outcome.ts';
import type { Theatre } from '../trigger/play.ts';
import type { Scenario } from '../trigger/scenario.ts';
import { SCENARIO_GROUPS, SCENARIOS } from '../trigger/scenarios.ts';

/** `ciba trigger` */
export const trigger = command({
  name: 'trigger',
  about: 'Plays a way in which a login goes, with a client and a phone that it makes, and says what each of them sees.',
  notes:
    'Without a SCENARIO it lists them all. Nothing is faked: the calls are those of a client and of a phone, and the functions of the provider answer. It makes its own client, user and phone, whose ids begin with trigger-, and removes them at the end, also after Ctrl-C. Scenarios with a phone, a fault or another clock need the local provider (ciba up); a fault and a clock concern the calls of the scenario alone. The others run against any deployment. With --client it waits until your own application asks the user of the scenario, plays everything but the client, and reads in the log of the provider what your application got. With --json it prints one JSON document, which docs/local.md describes. Exit code 0 when the login went as the scenario says, 1 when not.',
  arguments: [
    {
      name: 'scenario',
      about: 'The scenario. Without it, all are listed.',
      of: SCENARIOS.map(({ name }) => name),
      isOptional: true,
    },
  ],
  options: {
    client: {
      kind: 'text',
      value: 'ID',
      completes: 'clients',
      about: 'The client of your own application, which asks by itself. Only on this machine.',
    },
    wait: {
      kind: 'text',
      value: 'SECONDS',
      about: 'How long your application may take to see the end. Default: 30.',
    },
    all: { kind: 'flag', about: 'Play every scenario that can be played there, and end with a table.' },
  },
  examples: [
    'ciba trigger',
    'ciba trigger deny',
    'ciba trigger throttled-table --json',
    'ciba trigger user-removed --client call-centre',
    'ciba trigger --all',
  ],
  async run({ api, deployment, argument: { scenario: name }, options, progress }) {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (options.all && scenario) throw new WrongUsage('SCENARIO or --all, not both');
    if (!scenario && options.client !== undefined) throw new WrongUsage('SCENARIO is missing: what the user does');
    if (options.wait !== undefined && options.client === undefined) throw new WrongUsage('--wait needs --client');
    if (!scenario && !options.all) return listed();
    const waitSeconds = readWholeNumber([options.wait ?? '30'], '--wait');
    const over = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
    const theatre = { deployment, api, over: over.signal };
    if (!scenario) return allPlayed(theatre, progress);
    const { client: clientId } = options;
    return clientId === undefined
      ? played(scenario, theatre)
      : answered(scenario, theatre, { clientId, waitSeconds, say: sayStep });
  },
});

async function listed(): Promise<Output> {
  const { listText } = await import('../trigger/trigger-text.ts');
  const scenarios = SCENARIO_GROUPS.flatMap(({ title, scenarios: all }) =>
    all.map(({ name, about, needs, ends, next, standard, page, own }) => {
      const { by = 'client', ...ending } = ends;
      const takesClient = own !== undefined;
      return {
        name,
        group: title,
        about,
        needs,
        expected: { by, ...ending },
        takes_client: takesClient,
        next,
        standard,
        page,
      };
    }),
  );
  return { json: JSON.stringify({ scenarios }), text: listText(SCENARIO_GROUPS) };
}

async function played(scenario: Scenario, theatre: Theatre): Promise<Output> {
  const { checkPlayable, play } = await import('../trigger/play.ts');
  await checkPlayable(scenario, theatre);
  if (!theatre.deployment.isLocal)
    sayStep(`It makes a client at ${describeDeployment(theatre.deployment)} and removes it.`);
  return outputOf(await play(scenario, theatre));
}

async function answered(scenario: Scenario, theatre: Theatre, waiting: Waiting): Promise<Output> {
  const { checkPlayable } = await import('../trigger/play.ts');
  const { answerApplication } = await import('../trigger/answer-application.ts');
  const { own } = scenario;
  if (!own) {
    const others = SCENARIOS.filter((one) => one.own).map(({ name }) => name);
    throw new WrongUsage(
      `${scenario.name} plays the client too, so it takes no --client; these do: ${others.join(', ')}`,
    );
  }
  await checkPlayable(scenario, theatre);
  await theatre.api.call('GET /admin/clients/{client_id}', { parameters: { client_id: waiting.clientId } });
  endProgress();
  return outputOf(await answerApplication({ ...scenario, own }, theatre, waiting));
}

async function outputOf(outcome: TriggerOutcome): Promise<Output> {
  const { outcomeText } = await import('../trigger/trigger-text.ts');
  const failed = outcome.outcome === 'different';
  return { json: JSON.stringify(outcome), text: outcomeText(outcome), failed };
}

async function allPlayed(theatre: Theatre, progress: (text: string) => void): Promise<Output> {
  const { playableOf, playAll } = await import('../trigger/play-all.ts');
  const { allText } = await import('../trigger/trigger-text.ts');
  const playable = playableOf(SCENARIOS, theatre);
  const outcomes = await playAll(playable, theatre, progress);
  const left = SCENARIOS.length - playable.length;
  const notes = left === 0 ? [] : [`${left} scenarios need a provider on this machine and were left out.`];
  const failed = outcomes.some(({ outcome }) => outcome === 'different');
  return { json: JSON.stringify({ scenarios: outcomes }), text: allText(outcomes), failed, notes };
}
