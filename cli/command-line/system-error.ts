/** Returns the code of an error of the operating system or of TLS, such as ENOENT or CERT_HAS_EXPIRED. */
export function systemCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
