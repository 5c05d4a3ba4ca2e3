import type { HttpEvent, HttpRequest } from '../../../provider/edge/http/request.ts';
import { requestFrom } from '../../../provider/edge/http/request.ts';

// What the tests of the HTTP layer start from: an event as API Gateway v2 delivers it.

export const FORM = 'application/x-www-form-urlencoded';

export function httpEvent(different: Partial<HttpEvent> = {}): HttpEvent {
  return {
    routeKey: 'POST /token',
    rawPath: '/token',
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { requestId: 'correlation-1', http: { method: 'POST' } },
    ...different,
  };
}

/** A request with a body of a media type; bytes arrive in base64, as API Gateway sends forms. */
export function requestWith(
  body: string | Uint8Array,
  contentType: string | undefined,
  headers: Record<string, string> = {},
): HttpRequest {
  const isBase64Encoded = typeof body !== 'string';
  const event = httpEvent({
    headers: { ...headers, ...(contentType !== undefined && { 'content-type': contentType }) },
    isBase64Encoded,
    body: isBase64Encoded ? Buffer.from(body).toString('base64') : body,
  });
  return requestFrom(event, () => undefined);
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
