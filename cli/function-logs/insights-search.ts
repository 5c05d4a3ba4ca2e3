import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { Refused } from '../command-line/failure.ts';
import type { DeployedStack } from '../deployment/deployed-stack.ts';
import { ASKING_ROUTE, type LogEntry, readEntry, textIn } from './log-entry.ts';
import { type FunctionLogGroup, groupsFor, logGroupsOf } from './log-groups.ts';
import type { FoundLines, LoginName } from './log-source.ts';
import { type CallLogs, paceLogsCalls, SEARCH_PACE_MILLISECONDS } from './logs-call.ts';

const TRIES = 8;
/** Lines can be queried some time after they were written. */
const LATE_MILLISECONDS = 120_000;
/** The most lines that a query gives. */
const MOST_LINES = 10_000;
const LOOK_AGAIN_MILLISECONDS = 500;

const started = v.object({ queryId: v.string() });
const results = v.object({
  status: v.string(),
  results: v.optional(v.array(v.array(v.object({ field: v.string(), value: v.optional(v.string(), '') }))), []),
});
const described = v.object({
  logGroups: v.optional(v.array(v.object({ retentionInDays: v.optional(v.number()) })), []),
});

type Query = { readonly groups: readonly FunctionLogGroup[]; readonly filter: string; readonly since: number };

/**
 * Finds the lines of one login by Logs Insights, over the log groups of all functions at once. Then it looks for lines
 * that have other names of it: SNS reports on pushes by their ids, and audit lines have the request id.
 */
export async function searchInsights(
  stack: DeployedStack,
  names: readonly [LoginName, ...LoginName[]],
  since: number,
): Promise<FoundLines> {
  const call = paceLogsCalls(stack, { tries: TRIES, paceMilliseconds: SEARCH_PACE_MILLISECONDS });
  const groups = groupsFor(await logGroupsOf(stack), []);
  const entries = await runQuery(call, { groups, filter: `txn in ${listed(names.map(({ txn }) => txn))}`, since });
  const login = names.find(({ txn }) => entries.some((entry) => textIn(entry, 'txn') === txn)) ?? names[0];
  const others = await findOthers(call, entries, { login, groups, since });
  const all = [...entries, ...others].toSorted((a, b) => a.at - b.at);
  return { login, entries: all, missing: await missingFrom(call, all, { groups, since }) };
}

/** Ids of pushes, as SNS makes them. */
const PUSH_ID = /^[0-9a-f-]{36}$/;

async function findOthers(
  call: CallLogs,
  entries: readonly LogEntry[],
  { login: { requestId }, groups, since }: Omit<Query, 'filter'> & { readonly login: LoginName },
): Promise<readonly LogEntry[]> {
  const ids = entries.flatMap((entry) => textIn(entry, 'push_ids')?.split(' ') ?? []).filter((id) => PUSH_ID.test(id));
  // A request id is sent to AWS only when lines have proved that it is one, and no auth_req_id.
  const filters = [
    ...(ids.length > 0 ? [`correlation_id in ${listed(ids)}`] : []),
    ...(requestId !== undefined && entries.length > 0 ? [`audit.requestId = "${requestId}"`] : []),
  ];
  const reporting = groups.filter((group) => group.function === 'endpoint-events');
  const wanted = requestId === undefined ? reporting : groups;
  if (filters.length === 0 || wanted.length === 0) return [];
  return runQuery(call, { groups: wanted, filter: filters.join(' or '), since });
}

function listed(values: readonly string[]): string {
  return `[${values.map((value) => `"${value}"`).join(', ')}]`;
}

/** Runs a query and waits for its end. */
async function runQuery(call: CallLogs, { groups, filter, since }: Query): Promise<readonly LogEntry[]> {
  const { queryId } = v.parse(
    started,
    await call('StartQuery', {
      logGroupNames: groups.map(({ name }) => name),
      startTime: Math.floor(since / 1000),
      endTime: Math.ceil(Date.now() / 1000) + 60,
      queryString: `fields @timestamp, @log, @message | filter ${filter} | sort @timestamp asc`,
      limit: MOST_LINES,
    }),
  );
  for (;;) {
    const answer = v.parse(results, await call('GetQueryResults', { queryId }));
    if (answer.status === 'Complete') return answer.results.map((row) => entryFrom(row, groups));
    if (!/^(Scheduled|Running|Unknown)$/.test(answer.status))
      throw new Refused(
        `The query of Logs Insights ended as ${answer.status}.`,
        'Give a later --since, and try again.',
      );
    await pause(LOOK_AGAIN_MILLISECONDS);
  }
}

function entryFrom(row: readonly { field: string; value: string }[], groups: readonly FunctionLogGroup[]): LogEntry {
  const field = (name: string) => row.find((one) => one.field === name)?.value ?? '';
  // ACCOUNT:NAME
  const log = field('@log').replace(/^\d+:/, '');
  const name = groups.find((group) => group.name === log)?.function ?? log;
  // 2026-11-30 14:58:44.225, in UTC
  const at = Date.parse(`${field('@timestamp').replace(' ', 'T')}Z`);
  return readEntry({ at, function: name, line: field('@message') });
}

/** Says what the logs may not show. */
async function missingFrom(
  call: CallLogs,
  entries: readonly LogEntry[],
  { groups, since }: Omit<Query, 'filter'>,
): Promise<readonly string[]> {
  const missing: string[] = [];
  if (!entries.some((entry) => textIn(entry, 'route') === ASKING_ROUTE)) {
    const days = await keptDays(call, groups).catch(() => undefined);
    const gone = days === undefined ? '' : ` Lines are gone after ${days} days.`;
    missing.push(`Looked at lines since ${new Date(since).toISOString()}: --since goes further back.${gone}`);
  }
  const newest = entries.at(-1)?.at ?? Date.now();
  if (Date.now() - newest < LATE_MILLISECONDS) missing.push('Lines of the last two minutes may still arrive.');
  if (entries.length >= MOST_LINES) missing.push(`There are more than ${MOST_LINES} lines; the first ones are shown.`);
  return missing;
}

async function keptDays(call: CallLogs, [group]: readonly FunctionLogGroup[]): Promise<number | undefined> {
  const answer = await call('DescribeLogGroups', { logGroupNamePrefix: group?.name, limit: 1 });
  return v.parse(described, answer).logGroups[0]?.retentionInDays;
}
