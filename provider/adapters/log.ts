import type { AuditEvent } from '../core/operating/audit-event.ts';
import { type FaultLine, loggable, type RequestLine } from '../core/operating/log-line.ts';
import { type CountedLine, type Measured, measure } from '../core/operating/metrics.ts';
import type { AuditTrail } from '../flows/ports.ts';

/** The functions' own logger: one line a request, and faults. */
export interface Log {
  request(line: RequestLine): void;
  /** A fault: its kind and stack for the developer, never the input. */
  fault(error: unknown, at: { route: string; correlationId: string }): void;
}

type Fields = Readonly<Record<string, unknown>>;

/** One JSON line on standard output, which Lambda takes as it is (docs/adr/0012). */
function write(level: 'INFO' | 'ERROR', { message, ...fields }: Fields & { message: string }, now = new Date()): void {
  process.stdout.write(`${JSON.stringify({ level, message, timestamp: now.toISOString(), ...fields })}\n`);
}

/**
 * JSON lines of the fields that `core/operating/log-line.ts` names, and no others. What a line counts stands in the line
 * itself, as metrics of the namespace (docs/adr/0016).
 */
export function createLog(service: string, metricsNamespace: string): Log {
  const writeCounted = (level: 'INFO' | 'ERROR', line: CountedLine): void => {
    const now = new Date();
    write(level, { ...line, ...embedded(measure(line), metricsNamespace, now) }, now);
  };
  return {
    request: (line) => writeCounted('INFO', { service, message: 'request', ...loggable(line) }),
    fault: (error, { route, correlationId }) => {
      const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
      // The message is left out: it may quote what was sent. The stack's frames say where.
      const frames = stack
        ?.split('\n')
        .filter((frame) => frame.startsWith('    at '))
        .slice(0, 10);
      const at: FaultLine = { fault: name, frames, route, correlation_id: correlationId };
      writeCounted('ERROR', { service, message: 'fault', ...at });
    },
  };
}

/** The audit trail as JSON lines marked `audit`, which a subscription of the log group carries to its own store: no call, no latency. */
export function createAuditTrail(service: string): AuditTrail {
  return {
    write: (event: AuditEvent, now: number) =>
      write('INFO', { message: 'audit', service, audit: { ...event, at: now } }),
  };
}

/**
 * The members that make CloudWatch read metrics out of the line: its embedded metric format. A directive for each set of
 * dimensions, and the values beside the line's fields; the dimensions are fields of the line by name. Nothing where
 * nothing is counted.
 */
function embedded(measured: readonly Measured[], Namespace: string, now: Date): Fields {
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
