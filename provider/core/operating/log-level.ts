/**
 * How much the functions log. `info`: one line for each request, faults and the audit trail. `debug`: a line for each
 * call of AWS too. There is nothing below `info`, because metrics and alarms are made from these lines.
 */
export type LogLevel = LogLevelSetting['level'];

/** What an operator set: that calls of AWS are logged until an instant in epoch seconds. `info` has no end. */
export type LogLevelSetting = { readonly level: 'info' } | { readonly level: 'debug'; readonly until: number };

/** For how long `debug` lasts if the operator does not say, in seconds. It ends by itself. */
export const DEBUG_SECONDS = 3600;
/** For how long `debug` lasts at most, in seconds: a day, so that nobody pays for forgotten lines. */
export const LONGEST_DEBUG_SECONDS = 86_400;
/** How long a warm function remembers the level, in seconds. */
export const LOG_LEVEL_COPY_SECONDS = 60;

/** Returns what holds now. Without a setting, and after the end of `debug`, it is `info`. */
export function logLevelAt(setting: LogLevelSetting | undefined, now: number): LogLevelSetting {
  return setting?.level === 'debug' && now < setting.until ? setting : { level: 'info' };
}

/** Makes the setting that an operator asks for. */
export function newLogLevel(level: LogLevel, { now, seconds }: { now: number; seconds: number }): LogLevelSetting {
  return level === 'debug' ? { level, until: now + seconds } : { level };
}
