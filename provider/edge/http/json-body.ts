import * as v from 'valibot';
import { decodeUtf8 } from '../../core/form-encoding.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { BODY_LIMIT_BYTES } from './form-body.ts';
import { type HttpRequest, mediaTypeOf } from './request.ts';

/** Deepest accepted nesting. A registration with keys needs 4 levels. */
const DEPTH_LIMIT = 8;
/** What the members of the body are. It selects the error code, because RFC 7591 has its own for client metadata. */
export type BodyKind = 'parameter' | 'client_metadata';

/**
 * The message of a schema for values of a map. The caller chose their names, so a refusal marks such a name, and the
 * log leaves it out.
 */
export const NAMED_BY_CALLER = 'the caller chose the name of this member';

/** Parses a JSON body against a schema. A refusal names the first member that is wrong. */
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
  return checkMembers(value, schema, kind);
}

/** Checks members against a schema. A refusal names the first that is wrong. */
export function checkMembers<Schema extends v.GenericSchema>(
  value: unknown,
  schema: Schema,
  kind: BodyKind = 'parameter',
): Result<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, value);
  if (result.success) return ok(result.output);
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? 'body';
  const expected = expectationOf(issue);
  const unknown = (isUnknownMember(issue) || issue.message === NAMED_BY_CALLER) && { isUnknown: true };
  return kind === 'parameter'
    ? refuse({ reason: 'invalid_parameter', name, expected, ...unknown })
    : refuse({ reason: 'invalid_client_metadata', member: name, expected, ...unknown });
}

/** Returns what the caller must do, in plain words. valibot's own messages are for developers. */
function expectationOf(issue: v.BaseIssue<unknown>): string {
  const { type, expected, received } = issue;
  if (isUnknownMember(issue)) return 'absent: it is not known here';
  if (received === 'undefined') return 'present';
  if (type === 'never') return 'absent: it cannot be changed';
  return expected ?? 'another value';
}

function isUnknownMember({ type, kind, expected }: v.BaseIssue<unknown>): boolean {
  return kind === 'schema' && type === 'strict_object' && expected === 'never';
}

/**
 * Parses a JSON object. Undefined if the text is anything else or nested too deeply. The depth is counted before
 * parsing, so that no deep structure is ever built.
 */
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
