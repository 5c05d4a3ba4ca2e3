import type { FormParameters } from '../../core/form.ts';
import { decodeFormComponent, decodeUtf8 } from '../../core/form-encoding.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type HttpRequest, mediaTypeOf } from './request.ts';

/** Largest body that is read, in bytes. */
export const BODY_LIMIT_BYTES = 65_536;
const FORM = 'application/x-www-form-urlencoded';
/** A `%` that is not followed by two hexadecimal digits. */
const brokenEscape = /%(?![0-9A-Fa-f]{2})/;

/**
 * Parses a form body strictly: UTF-8 and complete percent escapes. All values of a parameter are kept in order, so that
 * repeats can be refused. Empty values are dropped (RFC 6749 §3.1). The media type is required (CIBA §7.1).
 */
export function parseForm(request: HttpRequest): Result<FormParameters> {
  if (request.body.length > BODY_LIMIT_BYTES) return refuse({ reason: 'body_too_large', limitBytes: BODY_LIMIT_BYTES });
  if (mediaTypeOf(request) !== FORM) return refuse({ reason: 'unsupported_media_type', expected: FORM });
  const text = decodeUtf8(request.body);
  const pairs = text === undefined || brokenEscape.test(text) ? undefined : decodePairs(text);
  if (!pairs) return refuse({ reason: 'malformed_body', expected: 'a form in UTF-8 with valid percent escapes' });
  const form = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    if (value === '') continue;
    const values = form.get(name);
    if (values) values.push(value);
    else form.set(name, [value]);
  }
  return ok(form);
}

/**
 * Decodes the pairs of a form. Undefined if a percent escape is not valid UTF-8: URLSearchParams would replace it by a
 * replacement character instead.
 */
function decodePairs(text: string): readonly (readonly [string, string])[] | undefined {
  try {
    return text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...rest] = pair.split('=');
        return [decodeFormComponent(name), decodeFormComponent(rest.join('='))] as const;
      });
  } catch {
    return undefined;
  }
}
