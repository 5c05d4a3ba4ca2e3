import { command, type OptionSpecs, type OptionValues } from '../command-line/command.ts';
import { readInstant } from '../command-line/option-reading.ts';
import { endProgress } from '../command-line/progress.ts';
import { sayStep } from '../command-line/steps.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import { FUNCTION_NAMES, readFunctions } from '../function-logs/log-groups.ts';
import { openLogs } from '../function-logs/open-logs.ts';
import { checkOutcomeWord, OUTCOME_WORDS } from '../tail/outcome-words.ts';
import type { TailWishes } from '../tail/tail-filter.ts';
import { tailRows } from '../tail/tail-rows.ts';
import { findUser } from './user-reference.ts';

const FILTERS = {
  client: { kind: 'text', value: 'ID', completes: 'clients', about: 'Only logins of this client, with their phones.' },
  user: {
    kind: 'text',
    value: 'USER',
    completes: 'users',
    about: 'Only logins of this user and calls of their phones: sub, e-mail address, phone number or username.',
  },
  outcome: {
    kind: 'text',
    value: 'WORD',
    offers: OUTCOME_WORDS,
    about: 'Only calls that ended so: ok, pending, refused or failed; or an error or reason, such as access_denied.',
  },
  function: {
    kind: 'list',
    value: 'NAME',
    offers: FUNCTION_NAMES,
    about: 'Only lines of this function, such as token. Repeat it for more.',
  },
  since: { kind: 'text', value: 'WHEN', about: 'Begin with lines since then: 10m, 2h or 2026-11-01T10:00:00Z.' },
} as const satisfies OptionSpecs;

/** The AWS permissions that following the logs needs. */
const PERMISSIONS = 'cloudformation:DescribeStacks, cloudformation:ListStackResources and logs:FilterLogEvents';

/** `ciba tail` */
export const tail = command({
  name: 'tail',
  about: 'Shows each call of the provider as it comes: what, by whom, for which login, and how it ended.',
  notes: `At the local provider lines come at once. With --stack they come within about ten seconds, and two calls a second read them, which cost nothing: docs/operations.md#watch-calls-as-they-come. A line of a phone or of a ping is shown for the client and the user whose login it is. With --json each line is the one that the function wrote. Ctrl-C ends it and says what there was. With --stack your AWS identity needs ${PERMISSIONS}; --user needs execute-api:Invoke too.`,
  arguments: [],
  options: FILTERS,
  examples: [
    'ciba tail',
    'ciba tail --stack ciba-production --client bank --since 10m',
    'ciba tail --user ana@example.com',
    'ciba tail --stack ciba-production --outcome failed --json | jq .correlation_id',
  ],
  async run({ api, deployment, options }) {
    const functions = readFunctions(options.function);
    const now = Date.now();
    const since = options.since === undefined ? now : readInstant(options.since, now / 1000) * 1000;
    const wishes = await wishesOf(api, options);
    const source = await openLogs(deployment);
    const over = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
    endProgress();
    sayStep(`Calls of ${deployment.origin} as they come. Ctrl-C ends it.`);
    return { rows: tailRows(source, { functions, since, over: over.signal, say: sayStep }, wishes) };
  },
});

async function wishesOf(api: AdminApi, { client, user, outcome }: OptionValues<typeof FILTERS>): Promise<TailWishes> {
  if (outcome !== undefined) checkOutcomeWord(outcome);
  if (user === undefined) return { client, outcome, user: undefined };
  const { sub } = (await findUser(api, user, {})).body;
  const { body } = await api.call('GET /admin/users/{sub}/devices', { parameters: { sub } });
  return { client, outcome, user: { sub, devices: new Set(body.devices.map(({ device_id }) => device_id)) } };
}
