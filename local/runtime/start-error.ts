/** An error that the user can correct. Its message says how, so no stack trace is printed. */
export class StartError extends Error {}

/** Returns the code of an error of the operating system, such as ENOENT. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
