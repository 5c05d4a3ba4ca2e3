import type { FormParameters } from '../../core/form.ts';
import { formFromMembers } from '../../core/json-parameters.ts';
import type { Result } from '../../core/result.ts';
import { parseJsonObject } from './json-object.ts';
import type { HttpRequest } from './request.ts';

/** Parses parameters that are the members of a JSON object, as some of Auth0's SDKs send them. */
export function parseJsonForm(request: HttpRequest): Result<FormParameters> {
  const members = parseJsonObject(request);
  return members.ok ? formFromMembers(members.value) : members;
}
