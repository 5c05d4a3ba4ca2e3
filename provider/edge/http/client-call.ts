import type { Profile } from '../../core/client/profile.ts';
import type { FormParameters } from '../../core/form.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ClientCall } from '../../flows/client/authentication/method.ts';
import { parseForm } from './form-body.ts';
import type { HttpRequest } from './request.ts';

/** The parser for each way in which parameters can arrive. */
const READERS = { form: parseForm } satisfies Record<Profile['body'], (request: HttpRequest) => Result<FormParameters>>;

/**
 * Reads a client's call at an OAuth endpoint: its parameters, and everything else that a client may authenticate with.
 */
export function clientCallFrom(request: HttpRequest, { body }: Pick<Profile, 'body'>): Result<ClientCall> {
  const form = READERS[body](request);
  if (!form.ok) return form;
  const { headers, url, certificate, correlationId, note } = request;
  return ok({ form: form.value, headers, url, certificate, correlationId, note });
}
