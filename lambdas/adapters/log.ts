import type { AuditEvent } from '../core/audit-event.ts';
import type { AuditTrail, Noted } from '../flows/ports.ts';

/** What one line a request says, beside what the flow noted. */
export type RequestLine = Noted & {
  readonly route: string;
  readonly status: number;
  readonly error?: string | undefined;
  readonly duration_ms: number;
  readonly correlation_id: string;
};

/** The functions' own logger: one line a request, and faults. */
export interface Log {
  request(line: RequestLine): void;
  /** A fault: its kind and stack for the developer, never the input. */
  fault(error: unknown, at: { route: string; correlationId: string }): void;
}

const FIELD_LIMIT = 256;

/** One JSON line on standard output, which Lambda takes as it is (docs/adr/0012). */
function write(level: 'INFO' | 'ERROR', message: string, fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ level, message, timestamp: new Date().toISOString(), ...fields })}\n`);
}

/** JSON lines. Only named fields are written, so nothing can slip in from a request. */
export function createLog(service: string): Log {
  return {
    request: (line) => write('INFO', 'request', { service, ...shortened(line) }),
    fault: (error, { route, correlationId }) => {
      const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: undefined };
      // The message is left out: it may quote what was sent. The stack's frames say where.
      const frames = stack
        ?.split('\n')
        .filter((frame) => frame.startsWith('    at '))
        .slice(0, 10);
      write('ERROR', 'fault', { service, fault: name, frames, route, correlation_id: correlationId });
    },
  };
}

/** The audit trail as JSON lines marked `audit`, which a subscription of the log group carries to its own store: no call, no latency. */
export function createAuditTrail(service: string): AuditTrail {
  return {
    write: (event: AuditEvent, now: number) => write('INFO', 'audit', { service, audit: { ...event, at: now } }),
  };
}

function shortened(line: RequestLine): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(line).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, FIELD_LIMIT) : value,
    ]),
  );
}
