/** A certificate that ends within so many days is a warning, as for the alarms of the stack. */
export const WARN_DAYS = 30;

/** Whole days from now until then; negative when it is over. */
export function daysUntil(instant: Date): number {
  return Math.floor((instant.getTime() - Date.now()) / 86_400_000);
}
