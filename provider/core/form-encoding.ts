/** Strict UTF-8, or undefined. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** One name or value of `application/x-www-form-urlencoded`. Throws on escapes that are no UTF-8. */
export function decodeFormComponent(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}
