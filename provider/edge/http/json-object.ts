import { decodeUtf8 } from '../../core/form-encoding.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { BODY_LIMIT_BYTES } from './form-body.ts';
import { type HttpRequest, mediaTypeOf } from './request.ts';

/** The media type of JSON (RFC 8259 §11). */
const JSON_TYPE = 'application/json';
/** Deepest accepted nesting. A registration with keys needs 4 levels. */
const DEPTH_LIMIT = 8;

/** The members of a JSON object, in their order. */
type JsonMembers = Readonly<Record<string, unknown>>;

/**
 * Parses a body that is a JSON object. It is small, shallow, and no name occurs twice in one object: parsers differ in
 * which of the two values they take (RFC 8259 §4).
 */
export function parseJsonObject(request: HttpRequest): Result<JsonMembers> {
  if (request.body.length > BODY_LIMIT_BYTES) return refuse({ reason: 'body_too_large', limitBytes: BODY_LIMIT_BYTES });
  if (mediaTypeOf(request) !== JSON_TYPE) return refuse({ reason: 'unsupported_media_type', expected: JSON_TYPE });
  const text = decodeUtf8(request.body) ?? '';
  const members = parseShallow(text);
  if (!members)
    return refuse({ reason: 'malformed_body', expected: `a JSON object in UTF-8, at most ${DEPTH_LIMIT} levels deep` });
  const name = repeatedName(text);
  return name === undefined ? ok(members) : refuse({ reason: 'repeated_parameter', name });
}

/**
 * Parses a JSON object. Undefined if the text is anything else or nested too deeply. The depth is counted before
 * parsing, so that no deep structure is ever built.
 */
function parseShallow(text: string): JsonMembers | undefined {
  if (depthOf(text) > DEPTH_LIMIT) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the strings, brackets and colons of a JSON text, in their order. Colons and brackets in strings are not among them. */
function tokensOf(text: string): readonly string[] {
  return text.match(/"(?:[^"\\]|\\.?)*(?:"|$)|[[\]{}:]/gs) ?? [];
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const token of tokensOf(text)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth -= 1;
  }
  return deepest;
}

/**
 * Returns the first name that occurs twice in one object, at any depth, however it is escaped. `JSON.parse` would keep
 * the last value and hide the others. The text is valid JSON, where a colon always follows the name of a member.
 */
function repeatedName(text: string): string | undefined {
  const open: Set<string>[] = [];
  let before = '';
  for (const token of tokensOf(text)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = String(JSON.parse(before));
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
    before = token;
  }
  return undefined;
}
