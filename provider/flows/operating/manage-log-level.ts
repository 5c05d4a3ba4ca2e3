import {
  DEBUG_SECONDS,
  type LogLevel,
  type LogLevelSetting,
  logLevelAt,
  newLogLevel,
} from '../../core/operating/log-level.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from './audited-change.ts';

/** What this flow needs. */
export type ManageLogLevelPorts = AuditedPorts & {
  readonly logLevels: {
    read(): Promise<LogLevelSetting | undefined>;
    /** Replaces what was set before. */
    record(setting: LogLevelSetting): Promise<void>;
  };
};
/** The level as the admin API shows it. */
export type LogLevelView = { readonly level: LogLevel; readonly until?: number };

/** Returns the level that holds now. A warm function may take a minute longer to know it. */
export async function readLogLevel(ports: ManageLogLevelPorts): Promise<Result<LogLevelView>> {
  return ok(viewOf(await ports.logLevels.read(), ports.clock()));
}

/** Sets the level. `debug` ends by itself, after an hour unless the operator says how long. `info` takes no end. */
export async function setLogLevel(
  ports: ManageLogLevelPorts,
  asked: { readonly level: LogLevel; readonly forSeconds: number | undefined; readonly by: string },
): Promise<Result<LogLevelView>> {
  const { level, forSeconds: seconds = DEBUG_SECONDS, by } = asked;
  if (level === 'info' && asked.forSeconds !== undefined)
    return refuse({ reason: 'invalid_parameter', name: 'for_seconds', expected: 'absent: info has no end' });
  const setting = newLogLevel(level, { now: ports.clock(), seconds });
  const event = { event: 'log_level_changed', ...setting, by } as const;
  // To log less takes nothing that must be proven, and must be possible when the store is out.
  return auditedChange(ports, { event, takesAway: level === 'info' }, async () => {
    await ports.logLevels.record(setting);
    return ok(viewOf(setting, ports.clock()));
  });
}

function viewOf(setting: LogLevelSetting | undefined, now: number): LogLevelView {
  return logLevelAt(setting, now);
}
