// CloudWatch Logs as its API reference describes it (AmazonCloudWatchLogs/latest/APIReference, read in November 2026):
// - FilterLogEvents: one log group; startTime in milliseconds; a page "might only be partially full, or even empty",
//   and only an answer without nextToken is the last; events have eventId, timestamp, ingestionTime, logStreamName.
// - StartQuery: startTime and endTime in seconds, logGroupNames, limit at most 10,000; answers queryId.
// - GetQueryResults: status Scheduled, Running, Complete, Failed, Cancelled, Timeout or Unknown; results are lists of
//   field and value, with @ptr.
// - Throttling: status 400 with __type ThrottlingException and message "Rate exceeded".

type Event = { readonly group: string; readonly at: number; readonly message: string; readonly visibleFrom: number };
type Input = Record<string, unknown>;
type Reply = { readonly status: number; readonly body: string };

/** Events come in pages of this size, and the first page of an answer with several is empty. */
const PAGE = 2;

export class FakeLogs {
  readonly #events: Event[] = [];
  readonly #queries = new Map<string, { input: Input; looks: number }>();
  readonly #refusals: string[] = [];
  retentionInDays = 90;
  /** How the next queries end. */
  queryEnd = 'Complete';

  /** Adds a line. `visibleFrom`: the instant from which it can be read; a line may reach CloudWatch Logs late. */
  add(group: string, message: string, { at = Date.now(), visibleFrom = 0 } = {}): void {
    this.#events.push({ group, at, message, visibleFrom });
  }

  /** Refuses the next calls with these names of errors. */
  refuseNext(...names: readonly string[]): void {
    this.#refusals.push(...names);
  }

  answer(action: string, input: Input): Reply | undefined {
    const run = this.#actions[action];
    if (!run) return undefined;
    const name = this.#refusals.shift();
    if (name !== undefined) return { status: 400, body: JSON.stringify({ __type: name, message: messageOf(name) }) };
    return { status: 200, body: JSON.stringify(run(input)) };
  }

  readonly #actions: Record<string, (input: Input) => object> = {
    FilterLogEvents: ({ logGroupName, startTime, nextToken }) => {
      const all = this.#visible().filter(({ group, at }) => group === logGroupName && at >= Number(startTime));
      const start = nextToken === undefined ? 0 : Number(String(nextToken).slice(1));
      if (nextToken === undefined && all.length > PAGE) return { events: [], searchedLogStreams: [], nextToken: 't0' };
      const events = all.slice(start, start + PAGE).map((event) => ({
        eventId: String(this.#events.indexOf(event)).padStart(56, '3'),
        ingestionTime: event.at + 20,
        logStreamName: '2026/11/30/[7]0123',
        message: event.message,
        timestamp: event.at,
      }));
      const next = start + PAGE;
      return { events, searchedLogStreams: [], ...(next < all.length && { nextToken: `t${next}` }) };
    },
    StartQuery: (input) => {
      const queryId = `q-${this.#queries.size}`;
      this.#queries.set(queryId, { input, looks: 0 });
      return { queryId };
    },
    GetQueryResults: ({ queryId }) => {
      const query = this.#queries.get(String(queryId));
      if (!query) throw new Error('no such query');
      query.looks += 1;
      if (query.looks === 1) return { results: [], status: 'Running', statistics: {} };
      if (this.queryEnd !== 'Complete') return { results: [], status: this.queryEnd, statistics: {} };
      return {
        results: this.#found(query.input),
        status: 'Complete',
        statistics: { bytesScanned: 1, recordsMatched: 1 },
      };
    },
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
      logGroups: [{ logGroupName: logGroupNamePrefix, retentionInDays: this.retentionInDays }],
    }),
  };

  #visible(): readonly Event[] {
    return this.#events.filter(({ visibleFrom }) => visibleFrom <= Date.now());
  }

  /** Runs the filters that `ciba trace` asks: words in quotes after `txn in`, `correlation_id in`, `audit.requestId =`. */
  #found({ queryString, logGroupNames, startTime, endTime }: Input) {
    const wanted = [...String(queryString).matchAll(/(txn|correlation_id|requestId) (?:in|=) \[?("[^\]|]+")/g)];
    const groups = logGroupNames as readonly string[];
    return this.#visible()
      .filter(
        ({ group, at }) => groups.includes(group) && at >= Number(startTime) * 1000 && at <= Number(endTime) * 1000,
      )
      .filter(({ message }) =>
        wanted.some(([, name, values = '']) =>
          [...values.matchAll(/"([^"]+)"/g)].some(([, value]) => message.includes(`"${name}":"${value}"`)),
        ),
      )
      .toSorted((a, b) => a.at - b.at)
      .map(({ group, at, message }) => [
        { field: '@timestamp', value: new Date(at).toISOString().replace('T', ' ').replace('Z', '') },
        { field: '@log', value: `111122223333:${group}` },
        { field: '@message', value: `${message}\n` },
        { field: '@ptr', value: 'CmEKJQ' },
      ]);
  }
}

function messageOf(name: string): string {
  if (name === 'ThrottlingException') return 'Rate exceeded';
  return name === 'AccessDeniedException' ? 'User: arn:aws:iam::1:user/o is not authorized to perform: logs:X' : name;
}
