import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { EVENT_FILTERS, type RecordPattern, type TextRule } from '../../provider/core/operating/event-filters.ts';
import type { TableRole } from '../../provider/core/operating/function-spec.ts';
import type { StreamRecord } from '../aws/change-stream.ts';
import type { Host, LocalFunction } from './function-host.ts';
import { tableNames } from './tables.ts';

type StreamSourceOptions = {
  readonly functionName: LocalFunction;
  readonly host: Pick<Host, 'invoke'>;
  /** Gets the reason when an invocation fails. */
  readonly onLog: (functionName: LocalFunction, line: string) => void;
};

/** The most records in a batch. */
const BATCH_SIZE = 100;
/** The pause before a failed batch is tried again. */
const PAUSE_MILLISECONDS = 50;

const answerForm = v.object({ batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })) });

/**
 * The streams of both tables, and Lambda's mapping of them to a function. It leaves out the records that meet no
 * pattern, and runs the function with the others, in their order. After a failure it begins again at the first record that failed, for as long as it
 * takes. Records wait until there is a function. Lambda reads several parts of a stream at once; here there is one.
 */
export class StreamSource {
  readonly #stop = new AbortController();
  #options: StreamSourceOptions | undefined;
  #records: readonly StreamRecord[] = [];
  #running: Promise<void> | undefined;

  /** Runs a function for what was recorded, and for what will be. */
  feed(options: StreamSourceOptions): void {
    this.#options = options;
    this.#start(options);
  }

  /** Takes a record of a table's stream. */
  readonly add = (table: string, record: StreamRecord): void => {
    const role: TableRole = table === tableNames.directory ? 'directory' : 'transactions';
    if (!EVENT_FILTERS[role].some((pattern) => meets(record, pattern))) return;
    this.#records = [...this.#records, record];
    if (this.#options) this.#start(this.#options);
  };

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #start(options: StreamSourceOptions): void {
    if (this.#records.length > 0) this.#running ??= this.#run(options);
  }

  async #run(options: StreamSourceOptions): Promise<void> {
    const { signal } = this.#stop;
    while (this.#records.length > 0 && !signal.aborted) {
      const batch = this.#records.slice(0, BATCH_SIZE);
      const done = await this.#invoke(batch, options);
      this.#records = this.#records.slice(done);
      if (done < batch.length) await pause(PAUSE_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
    this.#running = undefined;
  }

  /** Runs the function, and returns how many records succeeded before the first that failed. */
  async #invoke(batch: readonly StreamRecord[], { host, functionName, onLog }: StreamSourceOptions): Promise<number> {
    try {
      const { batchItemFailures } = v.parse(answerForm, await host.invoke(functionName, { Records: batch }));
      const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      const first = batch.findIndex(({ dynamodb }) => failed.includes(dynamodb.SequenceNumber));
      return first < 0 ? batch.length : first;
    } catch (error) {
      if (!this.#stop.signal.aborted)
        onLog(functionName, `invoked by a stream: ${error instanceof Error ? error.message : error}`);
      return 0;
    }
  }
}

/** Returns whether a record meets a pattern, as Lambda compares them. */
export function meets(record: unknown, pattern: RecordPattern): boolean {
  return Object.entries(pattern).every(([member, wanted]) => {
    const value: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, member) : undefined;
    return isRules(wanted) ? wanted.some((rule) => meetsRule(value, rule)) : meets(value, wanted);
  });
}

function isRules(wanted: RecordPattern | readonly TextRule[]): wanted is readonly TextRule[] {
  return Array.isArray(wanted);
}

function meetsRule(value: unknown, rule: TextRule): boolean {
  if (typeof rule !== 'string' && 'exists' in rule) return value === undefined;
  if (typeof value !== 'string') return false;
  if (typeof rule === 'string') return value === rule;
  return 'prefix' in rule ? value.startsWith(rule.prefix) : !rule['anything-but'].includes(value);
}
