/**
 * Returns whether the `typ` of a JWS is absent or one of these, which are in lower case and without `application/`.
 * Types are compared without regard to case (RFC 7515 §4.1.9). So a JWT that was signed for another purpose does not
 * pass, if it says what it is (RFC 8725 §3.11).
 */
export function isTypeAmong({ typ }: Readonly<Record<string, unknown>>, types: readonly string[]): boolean {
  const name = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  return name === undefined || types.some((type) => type === name);
}
