import { ok, type Result } from '../../core/result.ts';
import type { ClientCall } from '../../flows/client/authentication/method.ts';
import { parseForm } from './form-body.ts';
import type { HttpRequest } from './request.ts';

/** A client's call at an OAuth endpoint: the form, and what else a client may authenticate with. */
export function clientCallFrom(request: HttpRequest): Result<ClientCall> {
  const form = parseForm(request);
  if (!form.ok) return form;
  const { headers, url, certificate, note } = request;
  return ok({ form: form.value, headers, url, certificate, note });
}
