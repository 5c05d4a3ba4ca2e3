import { decodeFormComponent, decodeUtf8 } from '../form-encoding.ts';
import { ok, type Result, refuse } from '../result.ts';

/** What a client presented in the `Authorization` header. */
export type BasicCredentials = { readonly clientId: string; readonly secret: string };

/**
 * Parses HTTP Basic credentials, whose two parts are form-urlencoded (RFC 6749 §2.3.1). Undefined without the header.
 * Any other scheme is not client authentication and is refused as malformed.
 */
export function parseBasicCredentials(header: string | undefined): Result<BasicCredentials | undefined> {
  if (header === undefined) return ok(undefined);
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1];
  const decoded = encoded === undefined ? undefined : decodeUtf8(Buffer.from(encoded, 'base64'));
  const colon = decoded?.indexOf(':') ?? -1;
  const pair = decoded === undefined || colon < 1 ? undefined : decodePair(decoded, colon);
  return pair ? ok(pair) : refuse({ reason: 'malformed_authorization_header' });
}

function decodePair(pair: string, colon: number): BasicCredentials | undefined {
  try {
    return {
      clientId: decodeFormComponent(pair.slice(0, colon)),
      secret: decodeFormComponent(pair.slice(colon + 1)),
    };
  } catch {
    return undefined;
  }
}
