/** Something a person can mend: its message is all they need to see. */
export class StartError extends Error {}

/** The code of an error of the operating system, as ENOENT. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
