import { type AuditRecord, copyOf } from '../core/operating/audit-record.ts';
import {
  type AwsCallLine,
  type FaultLine,
  type FaultPlace,
  loggable,
  loggableAwsCall,
  type RequestLine,
} from '../core/operating/log-line.ts';
import { type CountedLine, type Measured, measure } from '../core/operating/metrics.ts';
import type { AuditTrail } from '../flows/ports.ts';

/** The log of a function: one line for each request, and faults. */
export interface Log {
  request(line: RequestLine): void;
  /** Logs a fault: its kind and stack for the developer, never the input. */
  fault(error: unknown, at: FaultPlace): void;
  /** The name under which nobody but CloudFront can call. Undefined without the shield. */
  readonly shieldedName: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Writes one JSON line to standard output, which Lambda stores unchanged (docs/adr/0012). */
function write(
  level: 'DEBUG' | 'INFO' | 'ERROR',
  { message, ...fields }: Fields & { message: string },
  now = new Date(),
): void {
  process.stdout.write(`${JSON.stringify({ level, message, timestamp: now.toISOString(), ...fields })}\n`);
}

/**
 * Makes a log of JSON lines. They contain the fields that `core/operating/log-line.ts` names, and no others. The
 * metrics that a line counts are members of the line itself (docs/adr/0016).
 */
export function createLog(
  service: string,
  metricsNamespace: string,
  { shieldedName }: Partial<Pick<Log, 'shieldedName'>> = {},
): Log {
  let isFirst = true;
  const writeCounted = (level: 'INFO' | 'ERROR', line: CountedLine): void => {
    const now = new Date();
    write(level, { ...line, ...embeddedMetrics(measure(line), metricsNamespace, now) }, now);
  };
  return {
    shieldedName,
    request: (line) => {
      const first = isFirst && ({ cold_start: true } as const);
      isFirst = false;
      writeCounted('INFO', { service, message: 'request', ...loggable({ ...line, ...first }) });
    },
    fault: (error, { route, by, correlationId, noted }) => {
      const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
      // The message is left out, because it may quote what was sent. The stack frames show where the fault happened.
      const frames = stack
        ?.split('\n')
        .filter((frame) => frame.startsWith('    at '))
        .slice(0, 10);
      const { client_id, txn } = noted ?? {};
      const at: FaultLine = { fault: name, frames, route, by, client_id, txn, correlation_id: correlationId };
      writeCounted('ERROR', { service, message: 'fault', ...at });
    },
  };
}

/** Logs a call of AWS. It counts in no metric. */
export function logAwsCall(line: AwsCallLine): void {
  write('DEBUG', { message: 'aws_call', ...loggableAwsCall(line) });
}

/** Stores a line durably. It resolves to whether the store acknowledged it. */
export type AuditStore = (line: string) => Promise<boolean>;

/**
 * Makes the audit trail. A step of a change is stored durably first. Everything is also written to standard output, as a
 * JSON line marked `audit`, which a subscription of the log group forwards to the same bucket. That costs no call, but
 * Lambda does not promise that each line arrives. Without a store there are only these lines.
 */
export function createAuditTrail(
  service: string,
  {
    store,
    newId,
    metricsNamespace,
  }: { store?: AuditStore | undefined; newId: () => string; metricsNamespace: () => string },
): AuditTrail {
  const envelope = (now: number) => ({ v: 1, id: newId(), at: now, service }) as const;
  return {
    newChange: newId,
    write: (event, now) => write('INFO', { message: 'audit', service, audit: { ...envelope(now), ...event } }),
    record: async (event, step, now) => {
      const record: AuditRecord = { ...envelope(now), ...event, ...step };
      const isStored = !store || (await store(`${JSON.stringify(record)}\n`));
      const audit = store && isStored ? copyOf(record) : record;
      const line = { service, message: 'audit', ...(!isStored && { unconfirmed: true }) } as const;
      const metrics = isStored ? {} : embeddedMetrics(measure(line), metricsNamespace(), new Date());
      write('INFO', { ...line, ...metrics, audit });
      return isStored;
    },
  };
}

/**
 * Returns the members from which CloudWatch reads metrics, in its embedded metric format: a directive for each set of
 * dimensions, and the values, which stand beside the line's fields. The dimensions are fields of the line, by name.
 * Empty if nothing is counted.
 */
function embeddedMetrics(measured: readonly Measured[], Namespace: string, now: Date): Fields {
  if (measured.length === 0) return {};
  const sets = Map.groupBy(measured, ({ dimensions }) => dimensions.join(' '));
  const CloudWatchMetrics = [...sets.values()].map((set) => ({
    Namespace,
    Dimensions: set.slice(0, 1).map(({ dimensions }) => dimensions),
    Metrics: set.map(({ name: Name, unit: Unit }) => ({ Name, Unit })),
  }));
  const values = measured.map(({ name, value }) => [name, value]);
  return { _aws: { Timestamp: now.getTime(), CloudWatchMetrics }, ...Object.fromEntries(values) };
}
