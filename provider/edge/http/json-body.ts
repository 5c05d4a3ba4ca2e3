import * as v from 'valibot';
import { ok, type Result, refuse } from '../../core/result.ts';
import { parseJsonObject } from './json-object.ts';
import type { HttpRequest } from './request.ts';

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
  const members = parseJsonObject(request);
  return members.ok ? checkMembers(members.value, schema, kind) : members;
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
