/** Decodes strict UTF-8. Undefined when the bytes are not valid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Decodes one name or value of `application/x-www-form-urlencoded`. Throws on escapes that are not valid UTF-8. */
export function decodeFormComponent(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}
