import { ok, type Result, refuse } from '../../core/result.ts';
import type { BasicCredentials, ClientCall } from '../../flows/client/authenticate-client.ts';
import { decodeFormComponent, decodeUtf8, parseForm } from './form-body.ts';
import type { HttpRequest } from './request.ts';

/** A client's call at an OAuth endpoint: the form, and the credentials of the `Authorization` header where there are some. */
export function clientCallFrom(request: HttpRequest): Result<ClientCall> {
  const form = parseForm(request);
  if (!form.ok) return form;
  const basic = parseBasic(request.headers['authorization']);
  if (basic === 'malformed') return refuse({ reason: 'malformed_authorization_header' });
  return ok({ form: form.value, basic, note: request.note });
}

/** HTTP Basic with both parts form-urlencoded (RFC 6749 §2.3.1). Any other scheme is not client authentication. */
function parseBasic(header: string | undefined): BasicCredentials | undefined | 'malformed' {
  if (header === undefined) return undefined;
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1];
  const decoded = encoded === undefined ? undefined : decodeUtf8(Buffer.from(encoded, 'base64'));
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === undefined || colon < 1) return 'malformed';
  try {
    return {
      clientId: decodeFormComponent(decoded.slice(0, colon)),
      secret: decodeFormComponent(decoded.slice(colon + 1)),
    };
  } catch {
    return 'malformed';
  }
}
