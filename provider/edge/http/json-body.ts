import * as v from 'valibot';
import { decodeUtf8 } from '../../core/form-encoding.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { BODY_LIMIT_BYTES } from './form-body.ts';
import { type HttpRequest, mediaTypeOf } from './request.ts';

/** Deepest nesting that is read: a registration with keys needs 4. */
const DEPTH_LIMIT = 8;
/** Whose member is wrong, in whose words: RFC 7591 has its own error code for client metadata. */
export type BodyKind = 'parameter' | 'client_metadata';

/** Reads a JSON body against a schema. The first thing wrong is told by name. */
export function parseJson<Schema extends v.GenericSchema>(
  request: HttpRequest,
  schema: Schema,
  kind: BodyKind = 'parameter',
): Result<v.InferOutput<Schema>> {
  if (request.body.length > BODY_LIMIT_BYTES) return refuse({ reason: 'body_too_large', limitBytes: BODY_LIMIT_BYTES });
  if (mediaTypeOf(request) !== 'application/json') {
    return refuse({ reason: 'unsupported_media_type', expected: 'application/json' });
  }
  const value = parseShallow(decodeUtf8(request.body));
  if (value === undefined) {
    return refuse({ reason: 'malformed_body', expected: `a JSON object in UTF-8, at most ${DEPTH_LIMIT} levels deep` });
  }
  const result = v.safeParse(schema, value);
  if (result.success) return ok(result.output);
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? 'body';
  const expected = expectationOf(issue);
  const unknown = isUnknownMember(issue) && { isUnknown: true };
  return kind === 'parameter'
    ? refuse({ reason: 'invalid_parameter', name, expected, ...unknown })
    : refuse({ reason: 'invalid_client_metadata', member: name, expected, ...unknown });
}

/** What the caller can do about it, in words: valibot's own are for developers. */
function expectationOf(issue: v.BaseIssue<unknown>): string {
  const { type, expected, received } = issue;
  if (isUnknownMember(issue)) return 'absent: it is not known here';
  if (received === 'undefined') return 'present';
  if (type === 'never') return 'absent: it can not be changed';
  return expected ?? 'another value';
}

function isUnknownMember({ type, kind, expected }: v.BaseIssue<unknown>): boolean {
  return kind === 'schema' && type === 'strict_object' && expected === 'never';
}

/** A JSON object, or undefined. Depth is counted before parsing, so that nothing deep is ever built. */
function parseShallow(text: string | undefined): unknown {
  if (text === undefined || depthOf(text) > DEPTH_LIMIT) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.?)*(?:"|$)|[[\]{}]/gs)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth -= 1;
  }
  return deepest;
}
