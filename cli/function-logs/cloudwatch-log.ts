import * as v from 'valibot';
import type { DeployedStack } from '../deployment/deployed-stack.ts';
import { searchInsights } from './insights-search.ts';
import { type LogEntry, readEntry } from './log-entry.ts';
import { type FunctionLogGroup, groupsFor, logGroupsOf } from './log-groups.ts';
import type { Following, LogSource } from './log-source.ts';
import { type CallLogs, paceLogsCalls, TAIL_PACE_MILLISECONDS } from './logs-call.ts';

/** A line may reach CloudWatch Logs late. Each look goes back so far behind the newest line of its group. */
const LATE_MILLISECONDS = 30_000;
/** In a group without new lines, a look goes back so far behind the last one. The clock here may be wrong by as much. */
const IDLE_MILLISECONDS = 600_000;
const page = v.object({
  events: v.optional(v.array(v.object({ eventId: v.string(), timestamp: v.number(), message: v.string() })), []),
  nextToken: v.optional(v.string()),
});
type LogEvent = v.InferOutput<typeof page>['events'][number];

/** The log of a deployment: the log groups of its functions. */
export function cloudwatchLog(stack: DeployedStack): LogSource {
  return {
    follow: (following) => followGroups(stack, following),
    search: (names, since) => searchInsights(stack, names, since),
  };
}

/**
 * Looks for new lines in one log group after the other, again and again. It reads by FilterLogEvents and not by
 * StartLiveTail: a live session costs by the minute, ends after three hours, knows no past, takes 10 log groups and
 * leaves out lines from 500 a second on. No filter is given to AWS: text of a crash matches no pattern for JSON.
 */
async function* followGroups(stack: DeployedStack, following: Following): AsyncGenerator<readonly LogEntry[]> {
  const { over, say, functions, since } = following;
  const groups = groupsFor(await logGroupsOf(stack), functions);
  const trying = { over, onTrouble: troubleTeller(say), tries: Number.POSITIVE_INFINITY };
  const call = paceLogsCalls(stack, { ...trying, paceMilliseconds: TAIL_PACE_MILLISECONDS });
  const readers = groups.map((group) => new GroupReader(group, since));
  while (!over.aborted) {
    const round: LogEntry[] = [];
    try {
      for (const reader of readers) round.push(...(await reader.read(call)));
    } catch (error) {
      if (!over.aborted) throw error;
    }
    if (round.length > 0) yield round.toSorted((a, b) => a.at - b.at);
  }
}

/** Says once that there is trouble, and once that it is over. */
function troubleTeller(say: Following['say']) {
  let told: string | undefined;
  return (trouble: string | undefined): void => {
    if (trouble === told) return;
    say(trouble === undefined ? 'CloudWatch Logs answers again.' : `${trouble} Trying again.`);
    told = trouble;
  };
}

/** Reads one log group, each line once. */
class GroupReader {
  readonly #group: FunctionLogGroup;
  /** From when on the next look reads, in epoch milliseconds. */
  #from: number;
  #newest: number;
  /** The instants of the lines that may be read again, by their ids. */
  readonly #seen = new Map<string, number>();

  constructor(group: FunctionLogGroup, since: number) {
    this.#group = group;
    this.#from = since;
    this.#newest = since;
  }

  /** Returns what is new. A look that breaks off is made again from the same instant. */
  async read(call: CallLogs): Promise<readonly LogEntry[]> {
    const lookedAt = Date.now();
    const input = { logGroupName: this.#group.name, startTime: this.#from };
    const fresh: LogEntry[] = [];
    for await (const event of eventsOf(call, input)) {
      if (this.#seen.has(event.eventId)) continue;
      this.#seen.set(event.eventId, event.timestamp);
      this.#newest = Math.max(this.#newest, event.timestamp);
      fresh.push(readEntry({ at: event.timestamp, function: this.#group.function, line: event.message }));
    }
    const newest = Math.min(lookedAt, Math.max(this.#newest, lookedAt - IDLE_MILLISECONDS));
    this.#from = Math.max(this.#from, newest - LATE_MILLISECONDS);
    for (const [id, at] of this.#seen) if (at < this.#from) this.#seen.delete(id);
    return fresh;
  }
}

/** Reads all pages. A page may be empty although another follows. */
async function* eventsOf(call: CallLogs, input: object): AsyncGenerator<LogEvent> {
  let nextToken: string | undefined;
  do {
    const answer = v.parse(page, await call('FilterLogEvents', { ...input, ...(nextToken && { nextToken }) }));
    yield* answer.events;
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
}
