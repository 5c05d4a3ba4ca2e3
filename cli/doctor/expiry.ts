/** A certificate that expires within this many days is a warning, as for the alarms of the stack. */
export const WARN_DAYS = 30;

/** Counts the whole days from now to an instant. The count is negative if the instant has passed. */
export function daysUntil(instant: Date): number {
  return Math.floor((instant.getTime() - Date.now()) / 86_400_000);
}
