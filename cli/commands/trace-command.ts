import { BUCKET_PERMISSIONS } from '../audit-trail/audit-bucket.ts';
import { command } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { readInstant, readSecretWord } from '../command-line/option-reading.ts';
import { quoted } from '../command-line/text-layout.ts';
import type { FoundLines } from '../function-logs/log-source.ts';
import { openLogs } from '../function-logs/open-logs.ts';
import { readLoginNames } from '../trace/login-names.ts';
import { timelineOf } from '../trace/timeline.ts';
import { traceJson, traceText } from '../trace/trace-text.ts';
import { findInTrail } from '../trace/trail-steps.ts';

/** The AWS permissions that a search of the logs needs. */
const PERMISSIONS =
  'cloudformation:DescribeStacks, cloudformation:ListStackResources, logs:StartQuery, logs:GetQueryResults and logs:DescribeLogGroups';

/** `ciba trace` */
export const trace = command({
  name: 'trace',
  about: 'Shows one login as a timeline: asked, rung, fetched, decided, pinged, polled, tokens, and why not.',
  notes: `It reads the lines of all functions. Polls that follow each other are one step. The last lines say what may be missing. With --stack it asks Logs Insights, which costs 0.005 dollars for each GB since --since, and your AWS identity needs ${PERMISSIONS}; with --trail also ${BUCKET_PERMISSIONS}. An auth_req_id is hashed on this machine and never sent; give it by -, so that no shell keeps it. docs/operations.md#one-login-as-a-timeline describes the members of --json.`,
  arguments: [
    {
      name: 'txn',
      about: 'txn of a log line, or a request id or auth_req_id of 43 characters; - reads standard input.',
    },
  ],
  options: {
    since: { kind: 'text', value: 'WHEN', about: 'Look at lines since then: 2h, 7d or 2026-11-01. Default: 1d.' },
    trail: {
      kind: 'flag',
      about: 'Also read the audit trail, which has decisions and tokens when the lines are gone.',
    },
  },
  examples: [
    'ciba trace 520ff8cc9aa432bd',
    'ciba trace 520ff8cc9aa432bd --stack ciba-production --since 7d',
    'ciba trace 520ff8cc9aa432bd --stack ciba-production --since 90d --trail',
    'ciba trace - --json',
  ],
  async run({ deployment, argument, options }) {
    const names = readLoginNames(readSecretWord(argument.txn));
    const since = readInstant(options.since ?? '1d', Date.now() / 1000) * 1000;
    const found = await (await openLogs(deployment)).search(names, since);
    const trail = options.trail
      ? await findInTrail(deployment, names, { begin: found.entries[0]?.at, since })
      : undefined;
    if (found.entries.length + (trail?.steps.length ?? 0) === 0) throw noLine(found, options.trail === true);
    const timeline = timelineOf(found, trail);
    return { json: traceJson(timeline), text: traceText(timeline) };
  },
});

/** What was typed may be an auth_req_id, so only its hash is repeated. */
function noLine({ login, missing }: FoundLines, readTrail: boolean): Refused {
  const more = readTrail ? '' : ' --trail looks into the audit trail, too.';
  const next = [...missing, `Check the name, --since, and which deployment you mean.${more}`].join(' ');
  return new Refused(`No line is about ${quoted(login.txn)}.`, next, 'not_found');
}
