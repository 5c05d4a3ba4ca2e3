import type { Profile } from '../../core/client/profile.ts';
import type { FormParameters } from '../../core/form.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ClientCall } from '../../flows/client/authentication/method.ts';
import { parseForm } from './form-body.ts';
import { type HttpRequest, mediaTypeOf } from './request.ts';

type Reader = (request: HttpRequest) => Result<FormParameters> | Promise<Result<FormParameters>>;

/** The parser for each way in which parameters can arrive. */
const READERS: { readonly [Body in Profile['body']]: Reader } = {
  form: parseForm,
  form_or_json: async (request) => {
    if (mediaTypeOf(request) !== 'application/json') return parseForm(request);
    // Loaded on demand, by what the caller sends and not by whom it names: few clients send JSON (docs/adr/0047).
    const { parseJsonForm } = await import('./json-form.ts');
    return parseJsonForm(request);
  },
};

/**
 * Reads a client's call at an OAuth endpoint: its parameters, and everything else that a client may authenticate with.
 */
export async function clientCallFrom(
  request: HttpRequest,
  { body }: Pick<Profile, 'body'>,
): Promise<Result<ClientCall>> {
  const form = await READERS[body](request);
  if (!form.ok) return form;
  const { headers, url, certificate, correlationId, note } = request;
  return ok({ form: form.value, headers, url, certificate, correlationId, note });
}
